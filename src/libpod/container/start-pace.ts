import {rmSync} from 'node:fs'
import {requireDependencies} from './dependencies.ts'
import {endProcess} from './end-process.ts'
import {cleanupMarker} from './exit-command.ts'
import {isFirstOfNamespace} from './first-process.ts'
import type {HeldContainer} from './held-container.ts'
import {releaseResources} from './release-resources.ts'

/** How a start goes together with those that the same command does beside it. */
export interface StartPace {
  /** Called when others can join its namespaces, though its process does not run yet. */
  readonly onMade?: () => void
  /** What it depends on is being started meanwhile. Neither rejects: how that went is looked at afterwards. */
  readonly needed?: {readonly made: Promise<void>; readonly started: Promise<void>}
}

/** A process that only stands for one in a machine has no namespaces to join before it runs. */
export function tellMade({state}: HeldContainer, onMade: () => void): void {
  if ('pid' in state && isFirstOfNamespace(state.pid)) onMade()
}

/**
 * Waits until what it depends on has been started. Where that failed it is taken back as well: the namespaces that it joined
 * are not those of the next start.
 * @param before its state, to be had again then
 */
export async function untilStarted(
  held: HeldContainer,
  started: Promise<void>,
  before: HeldContainer['state'],
): Promise<void> {
  await started
  try {
    requireDependencies(held)
  } catch (error) {
    // Or the exit command would remove a `--rm` container.
    rmSync(cleanupMarker(held.bundle), {force: true})
    await endProcess(held.engine, held.id, {timeoutSeconds: 0})
    await releaseResources(held, {deleteFromRuntime: true, afterwards: {state: before}})
    throw error
  }
}
