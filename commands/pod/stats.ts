import {setTimeout} from 'node:timers/promises'
import {EngineCommand} from '../../src/cli/engine-command.ts'
import * as flags from '../../src/cli/flags.ts'
import {podSelectionFlags} from '../../src/cli/pod/selection.ts'
import {podStatsText} from '../../src/cli/stats/pod-stats-row.ts'
import {StatsSampler} from '../../src/cli/stats/stats-sampler.ts'
import {lookOn} from '../../src/cli/terminal/look-on.ts'
import {EngineError} from '../../src/errors/index.ts'
import type {Pod} from '../../src/libpod/pod/index.ts'
import type {Runtime} from '../../src/libpod/runtime.ts'

const INTERVAL_MS = 1000
/** Cursor home, clear to the end. */
const CLEAR_SCREEN = '\u001b[H\u001b[2J'

export default class PodStats extends EngineCommand {
  static override summary = 'Display a live stream of resource usage statistics for the containers in one or more pods'
  static override description =
    'Shows what the containers of pods use of processors, memory, network and disks; without a pod, those of all.'
  static override usage = '[POD...]'
  static override examples = [
    '<%= command.id %>',
    '<%= command.id %> a69b23034235 named-pod',
    '<%= command.id %> --all --no-stream',
  ]
  static override strict = false
  static override flags = {
    all: flags.bool({char: 'a', summary: 'Measure every pod'}),
    format: flags.string({summary: 'Print as json, or by a Go template'}),
    latest: podSelectionFlags.latest,
    'no-reset': flags.bool({summary: 'Print below what was printed before, without clearing the screen'}),
    'no-stream': flags.bool({summary: 'Measure once and end'}),
  }

  async run(): Promise<void> {
    const {argv, flags: given} = await this.parse(PodStats)
    if ([given.all, given.latest, argv.length > 0].filter(Boolean).length > 1)
      throw new EngineError('ERR_REFUSED', '--all, --latest and arguments cannot be used together')
    const runtime = await this.runtime()
    const reset = !given['no-reset'] && !given['no-stream'] && process.stdout.isTTY
    const sampler = new StatsSampler(runtime, {
      ids: () => podsByMember(choose(runtime, argv as string[], given.latest)).keys(),
    })
    if (!given['no-stream']) lookOn()
    for (;;) {
      const samples = await sampler.sample()
      const podOf = podsByMember(runtime.pods.list())
      this.write(`${reset ? CLEAR_SCREEN : ''}${podStatsText(samples, podOf, given.format)}`)
      if (given['no-stream']) return
      await setTimeout(INTERVAL_MS)
    }
  }
}

function choose({pods}: Runtime, names: readonly string[], latest: boolean): readonly Pod[] {
  try {
    if (latest) return [pods.latest()]
    return names.length > 0 ? names.map((name) => pods.lookup(name)) : pods.list()
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `unable to get list of pods: ${(cause as Error).message}`, {cause})
  }
}

function podsByMember(pods: readonly Pod[]): ReadonlyMap<string, string> {
  return new Map(pods.flatMap((pod) => pod.members().map(({id}) => [id, pod.id] as const)))
}
