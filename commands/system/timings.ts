import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {EngineError} from '../../src/errors/index.ts'
import {timingsReport} from '../../src/timings/index.ts'

export default class SystemTimings extends EngineCommand {
  static override summary = 'Show where commands spent their time'
  static override description =
    'Shows the steps that commands noted in a file (berth --timings FILE COMMAND): a line for each, or one picture of all'
  static override usage = 'FILE [FILE...]'
  static override examples = [
    'berth --timings /tmp/run.timings run --rm alpine true\n<%= command.id %> /tmp/run.timings',
    '<%= command.id %> --svg /tmp/run.timings > run.svg',
  ]
  static override args = {file: flags.arg({required: true, multiple: true})}
  static override strict = false
  static override flags = {
    json: flags.bool({summary: 'Print JSON'}),
    svg: flags.bool({summary: 'Print a picture, as SVG'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(SystemTimings)
    if (given.json && given.svg) throw new EngineError('ERR_REFUSED', '--json and --svg cannot be used together')
    this.write(timingsReport(argv, given.json ? 'json' : given.svg ? 'svg' : 'text'))
  }
}
