import type {Engine} from '../engine.ts'
import {withContainer} from './with-container.ts'

export function renameContainer(engine: Engine, id: string, name: string): Promise<void> {
  return withContainer(engine, id, async (held) => {
    if (held.name === name) return
    const renamed = await engine.state.rename(held.config, name)
    engine.events.container('rename', renamed)
  })
}
