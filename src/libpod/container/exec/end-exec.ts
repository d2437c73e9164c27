import {EngineError} from '../../../errors/index.ts'
import {isAlive, type ProcessIdentity} from '../../../host/index.ts'
import {resizeTerminal} from '../../../shim/index.ts'
import type {TerminalSize} from '../../define/attach.ts'
import type {Engine} from '../../engine.ts'
import {withContainer} from '../with-container.ts'
import {getExec, removeExecRecord, saveExec} from './exec-records.ts'

const DEFAULT_TIMEOUT_SECONDS = 10
const LOOK_EVERY_MS = 20
const AFTER_KILL_MS = 5000

/** TERM, time, KILL for the session's process. @throws ERR_EXEC_STATE when it does not run */
export async function stopExec(
  engine: Engine,
  id: string,
  sessionID: string,
  timeoutSeconds = DEFAULT_TIMEOUT_SECONDS,
): Promise<void> {
  const {state} = getExec(engine, id, sessionID)
  if (state.status !== 'running') throw notRunning(id, sessionID, state.status)
  const pid = state.process
  if (timeoutSeconds > 0) {
    signal(pid, 'SIGTERM')
    if (await hasGone(pid, timeoutSeconds * 1000)) return record(engine, id, sessionID)
  }
  signal(pid, 'SIGKILL')
  await hasGone(pid, AFTER_KILL_MS)
  record(engine, id, sessionID)
}

export function removeExec(
  engine: Engine,
  id: string,
  sessionID: string,
  options: {readonly force?: boolean} = {},
): Promise<void> {
  return withContainer(engine, id, async () => {
    const {state} = getExec(engine, id, sessionID)
    if (state.status === 'running') {
      if (!options.force)
        throw new EngineError('ERR_EXEC_STATE', `cannot remove exec session ${sessionID} as it is still running`)
      await stopExec(engine, id, sessionID, 0)
    }
    removeExecRecord(engine, id, sessionID)
  })
}

export function resizeExec(engine: Engine, id: string, sessionID: string, size: TerminalSize): void {
  const {state} = getExec(engine, id, sessionID)
  if (state.status !== 'running') throw notRunning(id, sessionID, state.status)
  resizeTerminal(engine.state.layout.exec(id, sessionID), size)
}

/** What the exit command of a detached session does. */
export async function cleanupExec(
  engine: Engine,
  id: string,
  sessionID: string,
  options: {readonly remove?: boolean},
): Promise<void> {
  await withContainer(engine, id, (held) => {
    const session = getExec(engine, id, sessionID)
    if (session.state.status === 'running') return
    if (session.state.status === 'stopped')
      engine.events.container('exec_died', held.config, {
        ContainerExitCode: session.state.exitCode,
        Attributes: {...held.config.labels, execID: sessionID},
      })
    if (options.remove) removeExecRecord(engine, id, sessionID)
    else saveExec(engine.state.layout, session)
  })
}

function record(engine: Engine, id: string, sessionID: string): void {
  saveExec(engine.state.layout, getExec(engine, id, sessionID))
}

/** A process of an exec session is an ordinary one to the host; the runtime has no command to signal it. */
function signal(process_: ProcessIdentity, name: NodeJS.Signals): void {
  if (isAlive(process_)) process.kill(process_.pid, name)
}

async function hasGone(process_: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs
  while (isAlive(process_)) {
    if (Date.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  return true
}

function notRunning(id: string, sessionID: string, status: string): EngineError {
  return new EngineError(
    'ERR_EXEC_STATE',
    `container ${id} exec session ${sessionID} is not running: state is ${status}`,
  )
}
