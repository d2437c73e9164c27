import type {RestartOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {cleanupHeld} from './cleanup-held.ts'
import {endProcess} from './end-process.ts'
import {startDependencies} from './start.ts'
import {startHeld} from './start-held.ts'
import {changeContainer, withContainer} from './with-container.ts'

/** Stops it when it runs, and starts it again; the restart policy does not come in between. */
export async function restartContainer(engine: Engine, id: string, options: RestartOptions = {}): Promise<void> {
  await startDependencies(engine, id)
  const running = await withContainer(engine, id, (held) => {
    held.require(
      ['configured', 'created', 'running', 'stopping', 'stopped', 'exited'],
      `unable to restart a container in a paused or unknown state`,
    )
    engine.events.container('restart', held.config)
    if (!held.is('running', 'stopping')) return false
    held.save({stoppedByUser: true})
    return true
  })
  if (running) await endProcess(engine, id, options)
  await changeContainer(engine, id, async (held) => {
    if (held.is('stopped')) await cleanupHeld(held)
    held.save({restartCount: 0, stoppedByUser: false})
    await startHeld(held)
  })
}
