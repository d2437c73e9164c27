import type {CleanupOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {cleanupHeld} from './cleanup-held.ts'
import {removeHeld} from './remove-held.ts'
import {restartByPolicy} from './restart-policy.ts'
import {changeContainer} from './with-container.ts'

/**
 * What follows the end of a container, called by the shim's exit command or by who attends it: the restart policy first;
 * then what it took is given back, and a `--rm` container goes.
 */
export async function cleanupContainer(engine: Engine, id: string, options: CleanupOptions = {}): Promise<void> {
  let pod: string | undefined
  const image = await changeContainer(engine, id, async (held) => {
    if (options.ifStopped && held.is('created', 'running', 'paused', 'stopping')) return undefined
    held.require(['configured', 'stopped', 'exited'], `container ${id} is running or paused, refusing to clean up`)
    if (held.is('stopped') && (await restartByPolicy(held))) return undefined
    // The others of a pod have not begun when its init containers end.
    if (!held.config.initContainer) pod = held.config.pod
    if (!options.remove) {
      await cleanupHeld(held)
      return undefined
    }
    await removeHeld(held, {volumes: true})
    return options.removeImage ? held.config.image?.id : undefined
  })
  if (image) await removeImage(engine, image)
  if (pod) await (await import('../pod/exit-policy.ts')).afterMemberExit(engine, pod)
}

async function removeImage(engine: Engine, imageID: string): Promise<void> {
  const users = {
    containersOf: async (image: string) =>
      engine.state.ids().filter((id) => engine.state.summary(id).image?.id === image),
    removeContainer: async () => {},
  }
  if ((await users.containersOf(imageID)).length === 0) await engine.images.remove(imageID, {users})
}
