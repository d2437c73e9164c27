import {setTimeout} from 'node:timers/promises'
import {EngineError, isErrno} from '../errors/index.ts'
import {isAlive, type ProcessIdentity} from './process-identity.ts'

const DEADLINE_MS = 10_000

/** SIGKILL. A process that is gone already is success. */
export function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error
  }
}

/** SIGKILL, then waits until the kernel took it down. A process that is gone already, or reused its pid, is success. */
export async function killAndWait(identity: ProcessIdentity): Promise<void> {
  if (!isAlive(identity)) return
  killProcess(identity.pid)
  for (const deadline = Date.now() + DEADLINE_MS; isAlive(identity); ) {
    if (Date.now() > deadline) throw new EngineError('ERR_INTERNAL', `process ${identity.pid} does not die`)
    await setTimeout(2)
  }
}
