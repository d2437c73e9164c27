import {requireDependencies} from '../container/dependencies.ts'
import {startContainer} from '../container/start.ts'
import type {StartPace} from '../container/start-pace.ts'
import {withContainer} from '../container/with-container.ts'
import type {Engine} from '../engine.ts'

/** Starts one that may have begun beside what it depends on. Where that failed, the usual start says so, or mends it. */
export async function startMember(engine: Engine, id: string, pace: StartPace): Promise<void> {
  try {
    await startContainer(engine, id, {}, pace)
  } catch (error) {
    if (!pace.needed || (await hasAllRunning(engine, id))) throw error
    await startContainer(engine, id)
  }
}

function hasAllRunning(engine: Engine, id: string): Promise<boolean> {
  return withContainer(engine, id, (held) => {
    try {
      requireDependencies(held)
      return true
    } catch {
      return false
    }
  })
}
