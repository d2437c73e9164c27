import {EngineError, hasCode} from '../../errors/index.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {RemoveOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {attendEnd} from './attend.ts'
import {endProcess} from './end-process.ts'
import {type HeldContainer, isOneOf, liveStatuses, statusName} from './held-container.ts'
import {hasDependents, removeHeld} from './remove-held.ts'
import {changeContainer, withContainer} from './with-container.ts'

export async function removeContainer(engine: Engine, id: string, options: RemoveOptions = {}): Promise<void> {
  await removeDependents(engine, id, options)
  const ending = await withContainer(engine, id, async (held) =>
    (await beginRemove(held, options)) ? {attendance: await attendEnd(held, {removes: true})} : undefined,
  )
  using _attendance = ending?.attendance
  if (ending) await endProcess(engine, id, {timeoutSeconds: options.timeoutSeconds})
  await changeContainer(engine, id, (held) => removeHeld(held, options))
}

/** Those that depend on it go first, deepest first. */
async function removeDependents(engine: Engine, id: string, options: RemoveOptions): Promise<void> {
  const dependents = engine.state.dependents(id)
  if (dependents.length === 0) return
  if (!options.depend) {
    refuseInfra(engine.state.config(id), options)
    const {state} = engine.state.run(id)
    if (!options.force && isOneOf(state, liveStatuses) && state.status !== 'created') throw stillRuns(id, state)
    throw hasDependents(id, dependents)
  }
  for (const dependent of dependents) {
    await ignoreGone(removeContainer(engine, dependent, options))
    options.onRemoved?.(dependent)
  }
}

/** Refuses what must not go; true when a process is to be ended first. */
async function beginRemove(held: HeldContainer, options: RemoveOptions): Promise<boolean> {
  const {engine, config, id, state} = held
  refuseInfra(config, options)
  if (!isOneOf(state, liveStatuses)) return false
  if (!options.force && state.status !== 'created') throw stillRuns(id, state)
  if (state.status === 'created') return false
  if (state.status === 'paused') await engine.ociRuntime(config.runtime).resume(id)
  held.save({state: {...state, status: 'stopping'}, stoppedByUser: true})
  return true
}

function refuseInfra({id, isInfra, pod}: ContainerConfig, options: RemoveOptions): void {
  if (!isInfra || options.infra) return
  throw new EngineError(
    'ERR_CTR_IS_INFRA',
    `container ${id} is the infra container of pod ${pod} and cannot be removed without removing the pod`,
  )
}

async function ignoreGone(removal: Promise<void>): Promise<void> {
  try {
    await removal
  } catch (error) {
    if (!hasCode(error, 'ERR_NO_SUCH_CTR')) throw error
  }
}

function stillRuns(id: string, state: HeldContainer['state']): EngineError {
  return new EngineError(
    'ERR_CTR_STATE_INVALID',
    `cannot remove container ${id} as it is ${statusName(state)} - running or paused containers cannot be removed without force`,
  )
}
