import {makeFilter} from '../src/cli/filters.ts'
import * as flags from '../src/cli/flags.ts'
import {RegistryCommand} from '../src/cli/image/registry-command.ts'
import {registryFlags} from '../src/cli/image/registry-flags.ts'
import {SearchRow, searchColumns} from '../src/cli/image/search-row.ts'
import {isJsonFormat, renderReport} from '../src/cli/template/index.ts'
import {EngineError} from '../src/errors/index.ts'
import {listTags, type SearchResult, searchImages} from '../src/image/index.ts'

export default class Search extends RegistryCommand {
  static override summary = 'Search registry for image'
  static override description =
    'Asks a registry, or every one that short names are looked for in, for images whose names fit.'
  static override usage = 'TERM'
  static override examples = [
    '<%= command.id %> --filter=is-official --limit 3 alpine',
    '<%= command.id %> registry.fedoraproject.org/',
    '<%= command.id %> --list-tags quay.io/fedora/fedora',
  ]
  static override args = {term: flags.arg({required: true})}
  static override flags = {
    ...registryFlags,
    compatible: flags.bool({summary: 'Add the columns STARS, OFFICIAL and AUTOMATED, as Docker has them'}),
    filter: flags.array({
      char: 'f',
      summary: 'Show only results that match: is-automated, is-official or stars=NUMBER',
    }),
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    limit: flags.int({summary: 'Show at most this many results', default: 0}),
    'list-tags': flags.bool({summary: 'List the tags of the repository instead of searching'}),
    'no-trunc': flags.bool({summary: 'Show long values in full'}),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Search)
    const term = args.term as string
    if (given['list-tags'] && given.filter.length > 0)
      throw new EngineError('ERR_REFUSED', 'filters are not applicable to list tags result')
    const fits = makeFilter<SearchResult>(given.filter.map(withValue), {tests: searchTests})
    using access = await this.registryAccess(given)
    if (given['list-tags']) {
      const tags = await listTags(access, term, given.limit)
      const rows = tags.map(({name, tag}) => ({Name: name, Tag: tag}))
      return this.#show(rows, 'table {{.Name}}\t{{.Tag}}', given.format, () => byName(rows))
    }
    const found = (await searchImages(access, term, given.limit)).filter(fits)
    const rows = found.map((result) => new SearchRow(result, !given['no-trunc']))
    this.#show(rows, searchColumns(given.compatible), given.format, () => rows.map((row) => row.json))
  }

  #show(rows: readonly object[], columns: string, format: string | undefined, json: () => unknown): void {
    if (rows.length === 0) return
    if (format && isJsonFormat(format)) this.print(JSON.stringify(json(), null, 4))
    else
      this.write(renderReport({command: 'search', rows, ...(format ? {format} : {format: columns, origin: 'command'})}))
  }
}

const searchTests = {
  stars: (result: SearchResult, value: string) => result.stars >= Number(value),
  'is-official': (result: SearchResult, value: string) => result.official === (value === 'true'),
  'is-automated': (result: SearchResult, value: string) => result.automated === (value === 'true'),
}

/** `is-official` alone means true. */
function withValue(filter: string): string {
  return filter.includes('=') ? filter : `${filter}=true`
}

function byName(rows: readonly {readonly Name: string; readonly Tag: string}[]): readonly object[] {
  const names = [...new Set(rows.map(({Name}) => Name))]
  return names.map((name) => ({Name: name, Tags: rows.filter(({Name}) => Name === name).map(({Tag}) => Tag)}))
}
