import * as flags from '../src/cli/flags.ts'
import {goJson} from '../src/cli/go-json.ts'
import {ImageCommand} from '../src/cli/image/image-command.ts'
import {ImageRow, imageRowType} from '../src/cli/image/image-row.ts'
import {imageOrder} from '../src/cli/image/image-sort.ts'
import {parseMoment} from '../src/cli/moment.ts'
import {isJsonFormat, renderReport} from '../src/cli/template/index.ts'
import {EngineError} from '../src/errors/index.ts'
import {filterImages, hasFilter, isDangling, isIntermediate} from '../src/image/filters.ts'
import type {Image} from '../src/image/image.ts'
import {ImageRelations} from '../src/image/relations.ts'

interface Given {
  readonly all: boolean
  readonly digests: boolean
  readonly filter: readonly string[]
  readonly format?: string
  readonly history: boolean
  readonly 'no-trunc': boolean
  readonly noheading: boolean
  readonly quiet: boolean
  readonly sort?: string
}

export default class Images extends ImageCommand {
  static override summary = 'List images in local storage'
  static override description = 'Lists the images in the store, the newest first.'
  static override usage = '[IMAGE]'
  static override examples = [
    '<%= command.id %> --format json',
    '<%= command.id %> --sort repository --format "table {{.ID}} {{.Repository}} {{.Tag}}"',
    '<%= command.id %> --filter dangling=true',
  ]
  static override args = {image: flags.arg()}
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Also show the intermediate images of builds'}),
    digests: flags.bool({summary: 'Add a column with the digests'}),
    filter: flags.array({
      char: 'f',
      summary: 'Show only images that match, such as dangling=true or reference=PATTERN',
    }),
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    history: flags.bool({summary: 'Add a column with the earlier names'}),
    'no-trunc': flags.bool({summary: 'Show IDs in full'}),
    noheading: flags.bool({char: 'n', summary: 'Leave out the headings'}),
    quiet: flags.bool({char: 'q', summary: 'Print IDs only'}),
    sort: flags.string({
      summary: 'Order of the rows: created, id, repository, size or tag',
      default: 'created',
      suggests: ['created', 'id', 'repository', 'size', 'tag'],
    }),
  }

  async run(): Promise<void> {
    const {args, flags: given} = await this.parse(Images)
    if (given.all && args.image !== undefined)
      throw new EngineError('ERR_REFUSED', 'when using the --all switch, you may not pass any images names or IDs')
    if (given.quiet && given.format) throw new EngineError('ERR_REFUSED', 'quiet and format are mutually exclusive')
    const order = imageOrder(given.sort)
    const filters = args.image === undefined ? given.filter : [...given.filter, `reference=${args.image}`]
    const rows = (await this.#rows({...given, filter: filters})).sort(order)
    if (given.quiet) for (const id of new Set(rows.map(({ID}) => ID))) this.print(id)
    else if (given.format && isJsonFormat(given.format)) this.print(jsonText(rows))
    else this.write(table(rows, given))
  }

  async #rows(given: Given): Promise<ImageRow[]> {
    const [store, users, {containers}] = [await this.images(), await this.imageUsers(), await this.runtime()]
    const images = store.list()
    const relations = new ImageRelations(images)
    const context = {store, users, relations, parseMoment}
    const hideIntermediate =
      !given.all && !hasFilter(given.filter, 'intermediate') && !hasFilter(given.filter, 'dangling')
    const shown = (await filterImages(images, given.filter, context)).filter(
      (image) => !hideIntermediate || !isIntermediate(image, relations),
    )
    // Reads every container's summary, which the table does not show.
    const counts = countByImage(given.format ? containers.summaries() : [])
    return shown.flatMap((image) => rowsOf(image, relations, counts, given))
  }
}

/** One row per name; the parent is looked for only where it is printed. */
function rowsOf(
  image: Image,
  relations: ImageRelations,
  counts: ReadonlyMap<string, number>,
  given: Given,
): readonly ImageRow[] {
  const context = {
    truncate: !given['no-trunc'],
    containers: counts.get(image.id) ?? 0,
    parentID: given.format ? (relations.parentOf(image)?.id ?? '') : '',
    dangling: isDangling(image, relations),
  }
  const names = image.names.length > 0 ? image.names : [undefined]
  return names.map((name) => new ImageRow(image, name, context))
}

function countByImage(summaries: readonly {readonly image?: {readonly id: string}}[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const {image} of summaries) if (image) counts.set(image.id, (counts.get(image.id) ?? 0) + 1)
  return counts
}

/** One object per image, whatever its names. */
function jsonText(rows: readonly ImageRow[]): string {
  const byID = new Map(rows.map((row) => [row.imageID, row]))
  return goJson(
    [...byID.values()].map((row) => row.json),
    4,
  )
}

function table(rows: readonly ImageRow[], given: Given): string {
  const columns = [
    '{{.Repository}}',
    '{{.Tag}}',
    ...(given.digests ? ['{{.Digest}}'] : []),
    '{{.ID}}',
    '{{.Created}}',
    '{{.Size}}',
    ...(given.history ? ['{{.History}}'] : []),
  ]
  return renderReport({
    command: 'images',
    rows,
    rowType: imageRowType,
    noHeading: given.noheading,
    headings: {ID: 'IMAGE ID', CreatedTime: '<no value>', ReadOnly: 'R/O'},
    ...(given.format !== undefined
      ? {format: given.format}
      : {format: `table ${columns.join('\t')}`, origin: 'command'}),
  })
}
