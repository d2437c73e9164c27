import {FileChange} from '../../shim/index.ts'
import type {Engine} from '../engine.ts'
import {isOneOf, liveStatuses} from './held-container.ts'
import {observe} from './observe.ts'

/**
 * Waits until a container's process has ended, as its shim's exit file tells, or the container is gone. Needs no lock.
 * False when the signal or the deadline came first.
 */
export async function waitForEnd(
  engine: Engine,
  id: string,
  signal?: AbortSignal,
  timeoutMs?: number,
): Promise<boolean> {
  const deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs
  if (hasEnded(engine, id)) return true
  using change = new FileChange(engine.state.layout.exitFile(id))
  while (!hasEnded(engine, id)) {
    const left = deadline - Date.now()
    if (signal?.aborted || left <= 0) return false
    await Promise.race([change.next(signal), ...(left < 250 ? [delay(left)] : [])])
  }
  return true
}

function hasEnded({state}: Engine, id: string): boolean {
  const run = observe(state.layout, id, state.run(id))
  return !isOneOf(run.state, liveStatuses)
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
