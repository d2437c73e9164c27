import type {Container} from '../../libpod/container.ts'
import * as flags from '../flags.ts'
import {lookOn} from '../terminal/look-on.ts'
import {timeOption} from '../time-option.ts'
import {LogPrinter} from './log-printer.ts'

/** Options of `logs` and `pod logs`. */
export const logFlags = {
  color: flags.bool({summary: 'Give the lines of each container a colour'}),
  // As with podman's drivers, there are no details that a log could have kept.
  details: flags.bool({summary: 'Has no effect: logs hold no further details', hidden: true}),
  follow: flags.bool({char: 'f', summary: 'Wait for new lines and show them until the container ends'}),
  names: flags.bool({char: 'n', summary: 'Name the container, rather than its ID, before lines of several containers'}),
  since: flags.string({summary: 'Leave out what is older: a time, or a duration before now such as 10m'}),
  tail: flags.int64({
    summary: 'Show this many of the last lines only (-1: all)',
    default: -1,
  }),
  timestamps: flags.bool({char: 't', summary: 'Begin each line with its time'}),
  until: flags.string({summary: 'Leave out what is newer: a time, or a duration from now such as 10m'}),
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
