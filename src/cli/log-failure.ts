import {writeSyslog} from '../host/index.ts'
import {errorLine, errorText} from './error-text.ts'
import {writeErr} from './output.ts'

/** Tells what failed: on stderr, and with `--syslog` also to the host's log, for commands that nobody watches. */
export function logFailure(error: unknown, syslog: boolean): void {
  writeErr(`${errorLine(error)}\n`)
  if (!syslog) return
  try {
    writeSyslog('error', 'berth', errorText(error))
  } catch {
    // No log service runs here, or it is full: stderr has it.
  }
}
