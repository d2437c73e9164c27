import {EngineError, hasCode} from '../../errors/index.ts'
import {isAlive, signalName} from '../../host/index.ts'
import type {StopOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {signalFirstProcess} from './first-process.ts'
import {isOneOf, liveStatuses} from './held-container.ts'
import {waitForEnd} from './wait-for-end.ts'

const SIGKILL = 9
/** What the kernel and the shim may take for a process that cannot refuse any more. */
const AFTER_KILL_MS = 30_000
/** What somebody froze behind our back does not even die: the runtime then knows its cgroup. */
const THAW_AFTER_MS = 1_000

/** Stop signal, time, SIGKILL. @throws ERR_OCI_RUNTIME when the process lives on after that */
export async function endProcess(engine: Engine, id: string, options: StopOptions): Promise<void> {
  const config = engine.state.config(id)
  const seconds = options.timeoutSeconds ?? config.stopTimeoutSeconds
  if (seconds > 0) {
    if (!signalDirectly(engine, id, config.stopSignal)) await signal(engine, id, config.stopSignal)
    if (await waitForEnd(engine, id, undefined, seconds * 1000)) return
    options.onWarning?.(
      `StopSignal ${signalName(config.stopSignal)} failed to stop container ${config.name} in ${seconds} seconds, resorting to SIGKILL`,
    )
  }
  if (signalDirectly(engine, id, SIGKILL) && (await waitForEnd(engine, id, undefined, THAW_AFTER_MS))) return
  await signal(engine, id, SIGKILL, config.namespaces.pid.mode === 'host')
  if (!(await waitForEnd(engine, id, undefined, AFTER_KILL_MS)))
    throw new EngineError('ERR_OCI_RUNTIME', `OCI runtime error: container ${id} did not end after SIGKILL`)
}

/** Without starting the runtime's program. */
function signalDirectly(engine: Engine, id: string, number: number): boolean {
  const {state} = engine.state.run(id)
  return isOneOf(state, liveStatuses) && signalFirstProcess(state.process, number)
}

/** A process that ended before the signal reached it is what was wanted. */
async function signal(engine: Engine, id: string, number: number, all = false): Promise<void> {
  const config = engine.state.config(id)
  try {
    await engine.trace.time('oci kill', () => engine.ociRuntime(config.runtime).kill(id, number, {all}))
  } catch (error) {
    const {state} = engine.state.run(id)
    const gone = !isOneOf(state, ['created', 'running', 'paused', 'stopping']) || !isAlive(state.process)
    if (!gone || !hasCode(error, 'ERR_OCI_RUNTIME', 'ERR_OCI_COMMAND_NOT_FOUND', 'ERR_OCI_PERMISSION_DENIED'))
      throw error
  }
}
