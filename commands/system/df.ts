import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {summaryText, verboseText} from '../../src/cli/system-df/df-text.ts'
import {diskUsage} from '../../src/cli/system-df/disk-usage.ts'
import {EngineError} from '../../src/errors/index.ts'

export default class SystemDf extends EngineCommand {
  static override summary = 'Show berth disk usage'
  static override description =
    'Shows how much disk images, containers and volumes take, and how much of it could be had back.'
  static override examples = [
    '<%= command.id %>',
    '<%= command.id %> --verbose',
    "<%= command.id %> --format '{{.Type}} {{.Size}}'",
  ]
  static override flags = {
    format: flags.string({summary: 'Print as json, or by a Go template', suggests: ['json']}),
    verbose: flags.bool({char: 'v', summary: 'List each image, container and volume'}),
  }

  async run(): Promise<void> {
    const {flags: given} = await this.parse(SystemDf)
    if (given.verbose && given.format !== undefined)
      throw new EngineError('ERR_REFUSED', 'cannot combine --format and --verbose flags')
    const usage = await diskUsage(await this.runtime())
    this.write(given.verbose ? verboseText(usage) : summaryText(usage, given.format))
  }
}
