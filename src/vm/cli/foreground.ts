import {isErrno} from '../../errors/index.ts'
import type {ProcessRelay} from '../sandbox/relay.ts'

const forwarded = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'] as const

/** Waits for a process that we stay in front of, passing on the signals that we get. Returns its exit code. */
export async function waitForeground(relay: ProcessRelay): Promise<number> {
  const forward = (signal: NodeJS.Signals) => {
    try {
      process.kill(relay.identity.pid, signal)
    } catch (error) {
      if (!isErrno(error, 'ESRCH')) throw error
    }
  }
  for (const signal of forwarded) process.on(signal, forward)
  try {
    return await relay.exitCode
  } finally {
    for (const signal of forwarded) process.off(signal, forward)
  }
}
