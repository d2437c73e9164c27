import {EngineError, isErrno} from '../../../errors/index.ts'
import {isAlive, type ProcessIdentity} from '../../../host/index.ts'

const DEADLINE_MS = 10_000

/** SIGKILL, then waits until the kernel took it down. A process that is gone already, or reused its pid, is success. */
export async function killAndWait(identity: ProcessIdentity): Promise<void> {
  if (!isAlive(identity)) return
  try {
    process.kill(identity.pid, 'SIGKILL')
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error
  }
  for (const deadline = Date.now() + DEADLINE_MS; isAlive(identity); ) {
    if (Date.now() > deadline) throw new EngineError('ERR_INTERNAL', `process ${identity.pid} does not die`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
