import type {Container} from '../../libpod/container.ts'
import * as flags from '../flags.ts'
import {lookOn} from '../terminal/look-on.ts'
import {timeOption} from '../time-option.ts'
import {LogPrinter} from './log-printer.ts'

/** Options of `logs` and `pod logs`. */
export const logFlags = {
  color: flags.bool({summary: 'Output the containers with different colors in the log.'}),
  // As with podman's drivers, there are no details that a log could have kept.
  details: flags.bool({summary: 'Show extra details provided to the logs', hidden: true}),
  follow: flags.bool({char: 'f', summary: 'Follow log output.'}),
  names: flags.bool({char: 'n', summary: 'Output the container name in the log'}),
  since: flags.string({summary: 'Show logs since TIMESTAMP'}),
  tail: flags.int64({
    summary: 'Output the specified number of LINES at the end of the logs.',
    default: -1,
  }),
  timestamps: flags.bool({char: 't', summary: 'Output the timestamps in the log'}),
  until: flags.string({summary: 'Show logs until TIMESTAMP'}),
}

type LogChoice = flags.FlagValues<typeof logFlags>

/** Prints the logs of containers, one after the other; with `--follow` side by side until all have ended. */
export async function showLogs(chosen: readonly Container[], given: LogChoice): Promise<void> {
  const options = {
    follow: given.follow,
    sinceMs: timeOption('since', given.since),
    untilMs: timeOption('until', given.until),
    tail: given.tail,
  }
  const show = async (container: Container, index: number) => {
    using printer = new LogPrinter({
      timestamps: given.timestamps,
      ...(chosen.length > 1 && {prefix: given.names ? container.name : container.id.slice(0, 12)}),
      ...(given.color && {color: index}),
    })
    for await (const line of container.logs(options)) printer.print(line)
  }
  if (given.follow) {
    lookOn()
    await Promise.all(chosen.map(show))
  } else for (const [index, container] of chosen.entries()) await show(container, index)
}
