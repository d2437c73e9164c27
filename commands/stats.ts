import {setTimeout} from 'node:timers/promises'
import {latest} from '../src/cli/container-flags.ts'
import {EngineCommand} from '../src/cli/engine-command.ts'
import * as flags from '../src/cli/flags.ts'
import {StatsSampler} from '../src/cli/stats/stats-sampler.ts'
import {statsText} from '../src/cli/stats/stats-text.ts'
import {lookOn} from '../src/cli/terminal/look-on.ts'
import {EngineError} from '../src/errors/index.ts'

export default class Stats extends EngineCommand {
  static override summary = 'Display a live stream of container resource usage statistics'
  static override description =
    'Shows what running containers use of processors, memory, network and disks, again and again or once with --no-stream.'
  static override usage = '[CONTAINER...]'
  static override examples = [
    '<%= command.id %> --all --no-stream',
    '<%= command.id %> ctrID',
    "<%= command.id %> --no-stream --format 'table {{.ID}} {{.Name}} {{.MemUsage}}' ctrID",
  ]
  static override strict = false
  static override flags = {
    all: flags.bool({
      char: 'a',
      summary: 'Show every container, not only running ones',
    }),
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    interval: flags.int({char: 'i', summary: 'Seconds between two measurements', default: 5}),
    latest,
    'no-reset': flags.bool({summary: 'Print below what was printed before, without clearing the screen'}),
    'no-stream': flags.bool({
      summary: 'Measure once and end',
    }),
    'no-trunc': flags.bool({summary: 'Show long values in full'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(Stats)
    const chosenBy = [given.all, given.latest, argv.length > 0].filter(Boolean)
    if (chosenBy.length > 1) refuse('--all, --latest and containers cannot be used together')
    if (given.interval < 1) refuse('invalid interval, must be a positive number greater zero')
    const runtime = await this.runtime()
    const sampler = new StatsSampler(runtime, {names: argv, all: given.all, latest: given.latest})
    const options = {format: given.format, noTrunc: given['no-trunc']}
    const reset = !given['no-reset'] && !given['no-stream'] && process.stdout.isTTY
    if (!given['no-stream']) lookOn()
    for (;;) {
      const samples = await sampler.sample()
      this.write(`${reset ? CLEAR_SCREEN : ''}${statsText(samples, options)}`)
      if (given['no-stream']) return
      await setTimeout(given.interval * 1000)
    }
  }
}

/** Cursor home, clear to the end. */
const CLEAR_SCREEN = '\u001b[H\u001b[2J'

function refuse(text: string): never {
  throw new EngineError('ERR_REFUSED', text)
}
