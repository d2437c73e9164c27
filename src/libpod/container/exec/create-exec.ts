import {EngineError} from '../../../errors/index.ts'
import {newContainerID} from '../../define/container-id.ts'
import type {ExecConfig, ExecSession} from '../../define/exec-session.ts'
import {rfc3339Now} from '../../define/time.ts'
import type {Engine} from '../../engine.ts'
import type {HeldContainer} from '../held-container.ts'
import {withContainer} from '../with-container.ts'
import {addExec, execSessionVersion} from './exec-records.ts'

export function createExec(engine: Engine, id: string, config: ExecConfig): Promise<string> {
  return withContainer(engine, id, (held) => createExecHeld(held, config).id)
}

/** Records a session. The caller holds the container's lock. @throws ERR_CTR_STATE_INVALID unless it runs */
export function createExecHeld(held: HeldContainer, config: ExecConfig): ExecSession {
  held.require(['running'], 'can only create exec sessions on running containers')
  if (config.command.length === 0)
    throw new EngineError('ERR_INVALID_ARG', 'must provide a non-empty command to start an exec session')
  const session: ExecSession = {
    version: execSessionVersion,
    id: newContainerID(),
    containerID: held.id,
    createdAt: rfc3339Now(),
    config,
    state: {status: 'created'},
  }
  addExec(held.engine, session)
  return session
}
