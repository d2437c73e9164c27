import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {infoReport} from '../src/cli/info/info-report.ts'
import {infoType} from '../src/cli/info/info-type.ts'
import {isJsonFormat, renderValue} from '../src/cli/template/index.ts'

export default class Info extends EngineCommand {
  static override summary = 'Display berth system information'
  static override description =
    'Describes the host, the store and the engine: what to look at first, and to send along with a report.'
  static override examples = ['<%= command.id %>', "<%= command.id %> --format '{{.Host.OCIRuntime.Name}}'"]
  static override flags = {
    debug: flags.bool({char: 'D', summary: 'Accepted for compatibility; has no effect', hidden: true}),
    format: flags.string({char: 'f', summary: 'Print as json, or by a Go template', suggests: ['json']}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(Info)
    const report = await infoReport(await this.runtime())
    if (given.format === undefined) {
      const {stringify} = await import('yaml')
      this.print(stringify(report, {sortMapEntries: true, indentSeq: false, lineWidth: 0}))
    } else if (isJsonFormat(given.format)) this.print(JSON.stringify(report, null, 2))
    else this.write(renderValue('info', given.format, report, {...infoType, name: '*define.Info'}))
  }
}
