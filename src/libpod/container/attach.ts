import type {AttachOptions, AttachSession} from '../define/attach.ts'
import type {Engine} from '../engine.ts'
import {openAttach} from './open-attach.ts'
import {withContainer} from './with-container.ts'

export function attachContainer(engine: Engine, id: string, options: AttachOptions): Promise<AttachSession> {
  return withContainer(engine, id, async (held) => {
    held.require(['created', 'running', 'paused'], 'you can only attach to running containers')
    const session = await openAttach(held, options)
    engine.events.container('attach', held.config)
    return session
  })
}
