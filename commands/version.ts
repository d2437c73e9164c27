import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {versionReport, versionText} from '../src/cli/info/version-report.ts'
import {isJsonFormat, renderValue} from '../src/cli/template/index.ts'

export default class Version extends EngineCommand {
  static override summary = 'Display the Berth version information'
  static override usage = ''
  static override examples = ['<%= command.id %>', "<%= command.id %> --format '{{.Client.Version}}'"]
  static override flags = {
    format: flags.string({char: 'f', summary: 'Change the output format to JSON or a Go template'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(Version)
    const report = {Client: versionReport()}
    if (given.format === undefined) this.write(versionText(report.Client))
    else if (isJsonFormat(given.format)) this.print(JSON.stringify(report))
    else this.write(renderValue('version', given.format, report, {kind: 'struct', name: '*define.Version'}))
  }
}
