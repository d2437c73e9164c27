import {existsSync, rmSync} from 'node:fs'
import {EngineError} from '../../../errors/index.ts'
import {rfc3339Now} from '../../define/time.ts'
import type {RestoreOptions} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {isOneOf} from '../held-container.ts'
import {initHeld} from '../init.ts'
import {changeContainer} from '../with-container.ts'
import {checkpointPath} from './checkpoint.ts'
import {refuse, requireCriu} from './require-criu.ts'

/** Brings the processes back that `checkpoint` saved. */
export function restoreContainer(engine: Engine, id: string, options: RestoreOptions = {}): Promise<void> {
  refuse({...options}, ['importPath', 'name', 'ignoreStaticIP', 'ignoreStaticMAC', 'printStats'])
  return changeContainer(engine, id, async (held) => {
    held.require(['configured', 'exited', 'stopped'], `container ${id} is running or paused, cannot restore`)
    await requireCriu(held)
    const imagePath = checkpointPath(held)
    if (!existsSync(imagePath))
      throw new EngineError(
        'ERR_REFUSED',
        `a complete checkpoint for this container cannot be found, cannot restore: ${id}`,
      )
    const flags = [
      ...(options.tcpEstablished ? ['--tcp-established'] : []),
      ...(options.tcpClose ? ['--tcp-close'] : []),
      ...(options.fileLocks ? ['--file-locks'] : []),
    ]
    await initHeld(held, {restore: {imagePath, options: flags}})
    const {state} = held
    if (!isOneOf(state, ['created'])) throw new EngineError('ERR_INTERNAL', `container ${id} was not restored`)
    held.save({
      state: {...state, status: 'running', startedAt: rfc3339Now()},
      checkpointed: false,
      restored: true,
      restoredAt: rfc3339Now(),
    })
    if (!options.keep) rmSync(imagePath, {recursive: true, force: true})
    engine.events.container('restore', held.config)
  })
}
