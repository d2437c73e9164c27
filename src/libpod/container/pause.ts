import {EngineError} from '../../errors/index.ts'
import type {Engine} from '../engine.ts'
import {statusName} from './held-container.ts'
import {changeContainer} from './with-container.ts'

export function pauseContainer(engine: Engine, id: string): Promise<void> {
  return changeContainer(engine, id, async (held) => {
    if (held.is('paused')) throw new EngineError('ERR_CTR_STATE_INVALID', `"${id}" is already paused`)
    const state = held.require(['running'], `"${statusName(held.state)}" is not running, can't pause`)
    await held.ociRuntime.pause(id)
    held.save({state: {...state, status: 'paused'}})
    engine.events.container('pause', held.config)
  })
}

export function unpauseContainer(engine: Engine, id: string): Promise<void> {
  return changeContainer(engine, id, async (held) => {
    const state = held.require(['paused'], `"${id}" is not paused, can't unpause`)
    await held.ociRuntime.resume(id)
    held.save({state: {...state, status: 'running'}})
    engine.events.container('unpause', held.config)
  })
}
