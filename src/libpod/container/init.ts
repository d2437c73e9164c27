import type {InitOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {initHeld} from './init-held.ts'
import {startDependencies} from './start.ts'
import {changeContainer} from './with-container.ts'

/** As `start` does it first, and no further. */
export async function initContainer(engine: Engine, id: string, options: InitOptions = {}): Promise<void> {
  if (options.recursive) await startDependencies(engine, id)
  await changeContainer(engine, id, async (held) => {
    held.require(['configured', 'stopped', 'exited'], `container ${id} has already been created in runtime`)
    await initHeld(held)
  })
}
