import {LockFile} from '../../host/index.ts'
import {foregroundLock} from './exit-command.ts'
import type {HeldContainer} from './held-container.ts'

/**
 * Says that a command cleans up after a container itself, while the result is held: the exit command waits for its end, and
 * for the most part finds nothing left to do. Shared, since several may attend: the exit command alone locks them out.
 */
export function attend({bundle}: HeldContainer): Promise<LockFile> {
  return LockFile.acquire(foregroundLock(bundle), {shared: true})
}

/** Attends the end of a container where cleaning up, or removing it, is all that its exit command would do. */
export async function attendEnd(
  held: HeldContainer,
  {removes}: {readonly removes: boolean},
): Promise<LockFile | undefined> {
  const {pod, autoRemove, autoRemoveImage} = held.config
  const doesAll = pod === undefined && !autoRemoveImage && (removes || !autoRemove)
  return doesAll ? attend(held) : undefined
}
