import type {StartOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {isRunning} from './dependencies.ts'
import type {HeldContainer} from './held-container.ts'
import {openAttach} from './open-attach.ts'
import {type Started, startHeld} from './start-held.ts'
import type {StartPace} from './start-pace.ts'
import {changeContainer} from './with-container.ts'

export async function startContainer(
  engine: Engine,
  id: string,
  options: StartOptions = {},
  pace: StartPace = {},
): Promise<Started> {
  if (options.recursive !== false && !pace.needed) await startDependencies(engine, id)
  return changeContainer(engine, id, (held) => startUnlessRunning(held, options, pace))
}

async function startUnlessRunning(held: HeldContainer, options: StartOptions, pace: StartPace): Promise<Started> {
  if (held.is('running', 'paused')) return options.attach ? {attach: await openAttach(held, options.attach)} : {}
  held.require(
    ['configured', 'created', 'stopped', 'exited'],
    `container ${held.id} must be in Created or Stopped state to be started`,
  )
  if (held.run.restartCount > 0 || held.run.stoppedByUser) held.save({restartCount: 0, stoppedByUser: false})
  return startHeld(held, options, pace)
}

/** Starts what the container depends on, deepest first. Takes their locks, so the caller holds none. */
export async function startDependencies(engine: Engine, id: string): Promise<void> {
  for (const dependency of engine.state.summary(id).dependencies) {
    if (isRunning(engine, dependency)) continue
    await startContainer(engine, dependency, {recursive: true})
  }
}
