import {rmSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'
import {rfc3339Now} from '../define/time.ts'
import type {Engine} from '../engine.ts'
import {removeAllExecs} from './exec/exec-records.ts'
import {cleanupMarker} from './exit-command.ts'
import {stopHealthTimer} from './health/health-timer.ts'
import type {HeldContainer} from './held-container.ts'
import {releaseResources} from './release-resources.ts'

/**
 * Gives back what a run took; `stopped` and `created` become `exited`, or `configured` when nothing ran.
 * @param next what it becomes instead, when it is to be removed
 */
export async function cleanupHeld(held: HeldContainer, next?: HeldContainer['state']): Promise<void> {
  const {engine, id, state} = held
  const isClean = (state.status === 'configured' || state.status === 'exited') && !held.run.resources
  if (isClean) {
    if (next) held.save({state: next})
    return
  }
  stopHealthTimer(held)
  await releaseResources(held, {deleteFromRuntime: true, afterwards: {state: next ?? ended(state)}})
  removeAllExecs(engine, id)
  forget(engine, id, held.bundle)
  // A removal tells of itself.
  if (!next) engine.events.container('cleanup', held.config)
}

/** podman shows a container that was initialised and stopped as one that ended well. */
function ended(state: HeldContainer['state']): HeldContainer['state'] {
  if (state.status === 'stopped') return {...state, status: 'exited'}
  if (state.status !== 'created') return state
  const now = rfc3339Now()
  return {status: 'exited', startedAt: now, finishedAt: now, exitCode: 0, oomKilled: false}
}

/** The exit file is told in the record now; without the marker the exit command has nothing to do. */
function forget(engine: Engine, id: string, bundle: string): void {
  for (const path of [engine.state.layout.exitFile(id), cleanupMarker(bundle)])
    try {
      rmSync(path)
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
    }
}
