import {EngineCommand} from '../../src/cli/engine-command.ts'
import {makeFilter} from '../../src/cli/filters.ts'
import * as flags from '../../src/cli/flags.ts'
import {goJson} from '../../src/cli/go-json.ts'
import {humanAge} from '../../src/cli/human-duration.ts'
import {listedSecretType} from '../../src/cli/inspect/secret-type.ts'
import {renderReport} from '../../src/cli/template/index.ts'
import {EngineError} from '../../src/errors/index.ts'
import type {SecretRecord} from '../../src/libpod/secret/index.ts'

export default class SecretLs extends EngineCommand {
  static override summary = 'List secrets'
  static override description = 'Lists the secrets by name, driver and age.'
  static override aliases = ['list']
  static override examples = ['<%= command.id %>', '<%= command.id %> --format "{{.Name}}"']
  static override flags = {
    filter: flags.array({char: 'f', summary: 'Show only secrets that match: id=START or name=PATTERN'}),
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    noheading: flags.bool({char: 'n', summary: 'Leave out the headings'}),
    quiet: flags.bool({char: 'q', summary: 'Print IDs only'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(SecretLs)
    const {secrets} = await this.runtime()
    const unknown = given.filter
      .map((text) => text.split('=', 1)[0] ?? '')
      .find((key) => key !== 'id' && key !== 'name')
    if (unknown !== undefined) throw new EngineError('ERR_REFUSED', `invalid filter ${JSON.stringify(unknown)}`)
    const fits = makeFilter<SecretRecord>(given.filter, {
      tests: {id: ({id}, value) => id.startsWith(value), name: ({name}, value) => new RegExp(value).test(name)},
    })
    const rows = secrets.list().filter(fits).map(rowOf)
    if (given.quiet && given.format === undefined) for (const {ID} of rows) this.print(ID)
    else if (given.format === 'json') this.print(goJson(rows, 4))
    else
      this.write(
        renderReport({
          ...{
            command: 'ls',
            rows,
            rowType: listedSecretType,
            noHeading: given.noheading,
            headings: {CreatedAt: 'created', UpdatedAt: 'updated'},
          },
          ...(given.format !== undefined ? {format: given.format} : {format: COLUMNS, origin: 'command'}),
        }),
      )
  }
}

const COLUMNS = 'table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.CreatedAt}}\t{{.UpdatedAt}}'

function rowOf(record: SecretRecord) {
  const {id, name, driver, createdAt, updatedAt} = record
  return {
    ID: id,
    Name: name,
    Driver: driver,
    CreatedAt: humanAge(createdAt),
    UpdatedAt: humanAge(updatedAt),
  }
}
