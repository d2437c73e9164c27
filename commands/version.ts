import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {versionReport, versionText} from '../src/cli/info/version-report.ts'
import {isJsonFormat, renderValue} from '../src/cli/template/index.ts'
import {hasCode} from '../src/errors/index.ts'

export default class Version extends EngineCommand {
  static override summary = 'Display the Berth version information'
  static override usage = ''
  static override examples = ['<%= command.id %>', "<%= command.id %> --format '{{.Client.Version}}'"]
  static override flags = {
    format: flags.string({char: 'f', summary: 'Print as json, or by a Go template'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(Version)
    const report = {Client: versionReport()}
    if (given.format === undefined) this.write(versionText(report.Client))
    else if (isJsonFormat(given.format)) this.print(JSON.stringify(report))
    else this.write(rendered(given.format, report))
  }
}

/** Older scripts name the version's fields alone, and those of Docker ask a server, which is this program itself. */
function rendered(format: string, report: {readonly Client: object}): string {
  try {
    return renderValue('version', format, {...report, Server: null})
  } catch (error) {
    if (!hasCode(error, 'ERR_REFUSED')) throw error
    return renderValue('version', format.replaceAll('.Server.', '.'), report.Client, {
      kind: 'struct',
      name: '*define.Version',
    })
  }
}
