import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {goJson} from '../../src/cli/go-json.ts'
import {listedNetworkType} from '../../src/cli/inspect/network-type.ts'
import {networkFilter} from '../../src/cli/network-filters.ts'
import {networkInUse} from '../../src/cli/network-users.ts'
import {isJsonFormat, renderReport} from '../../src/cli/template/index.ts'
import type {NetworkRecord} from '../../src/network/index.ts'

export default class NetworkLs extends EngineCommand {
  static override summary = 'List networks'
  static override description = 'Lists the networks.'
  static override examples = ['<%= command.id %>', '<%= command.id %> --format json']
  static override aliases = ['list']
  static override flags = {
    filter: flags.array({char: 'f', summary: 'Show only networks that match, such as name=PATTERN or driver=bridge'}),
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    'no-trunc': flags.bool({summary: 'Show network IDs in full'}),
    noheading: flags.bool({char: 'n', summary: 'Leave out the headings'}),
    quiet: flags.bool({char: 'q', summary: 'Print names only'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(NetworkLs)
    const runtime = await this.runtime()
    const fits = networkFilter(given.filter, networkInUse(runtime))
    const records = runtime.networks.store.list().filter(fits)
    if (given.quiet) for (const {name} of records) this.print(name)
    else if (given.format && isJsonFormat(given.format)) this.print(goJson(records, 2))
    else
      this.write(
        renderReport({
          ...{command: 'ls', noHeading: given.noheading, rowType: listedNetworkType},
          rows: records.map((record) => rowOf(record, given['no-trunc'])),
          headings: {ID: 'network id', Labels: 'labels'},
          ...(given.format !== undefined
            ? {format: given.format}
            : {format: 'table {{.ID}}\t{{.Name}}\t{{.Driver}}', origin: 'command'}),
        }),
      )
  }
}

function rowOf(record: NetworkRecord, whole: boolean) {
  const labels = Object.entries(record.labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return {...record, id: whole ? record.id : record.id.slice(0, 12), labels: labels.sort().join(',')}
}
