import {EngineError} from '../../errors/index.ts'
import type {StopOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {attendEnd} from './attend.ts'
import {cleanupHeld} from './cleanup-held.ts'
import {endProcess} from './end-process.ts'
import {type HeldContainer, statusName} from './held-container.ts'
import {changeContainer, withContainer} from './with-container.ts'

/**
 * The container's lock is not held while its process takes its time: others may look at it, and its state says
 * `stopping`.
 */
export async function stopContainer(engine: Engine, id: string, options: StopOptions = {}): Promise<void> {
  const ending = await withContainer(engine, id, async (held) =>
    beginStop(held) ? {attendance: await attendEnd(held, {removes: false})} : undefined,
  )
  using _attendance = ending?.attendance
  if (ending) await endProcess(engine, id, options)
  await finish(engine, id, ending !== undefined, options)
}

function finish(engine: Engine, id: string, wasRunning: boolean, {asService = false}: StopOptions): Promise<void> {
  return changeContainer(engine, id, async (held) => {
    if (!wasRunning && !held.is('stopped', 'created')) return
    await finishStop(held)
    // Only now: until it was cleaned up, its restart policy would have started it again.
    if (wasRunning && asService) held.save({stoppedByUser: false})
    if (wasRunning) engine.events.container('stop', held.config)
  })
}

/** True when there is a process to stop. */
function beginStop(held: HeldContainer): boolean {
  if (held.is('stopped', 'exited')) return false
  const state = held.require(
    ['created', 'running', 'paused', 'stopping'],
    `can only stop created or running containers. ${held.id} is in state ${statusName(held.state)}`,
  )
  if (state.status === 'created') return false
  if (state.status === 'paused')
    throw new EngineError(
      'ERR_CTR_STATE_INVALID',
      `can only stop created or running containers. ${held.id} is in state paused`,
    )
  held.save({state: {...state, status: 'stopping'}, stoppedByUser: true})
  return true
}

async function finishStop(held: HeldContainer): Promise<void> {
  if (held.is('created', 'stopped')) await cleanupHeld(held)
}
