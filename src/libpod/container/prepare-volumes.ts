import {resolveInRoot} from '../../host/index.ts'
import type {Engine} from '../engine.ts'
import {withRootfs} from './mount.ts'
import {containerOwner} from './mount-owner.ts'
import {isFresh} from './mount-sources.ts'
import {withContainer} from './with-container.ts'

/** Gives new volumes what the image has in their places, before the container's first start would (`prepare_volume_on_create`). */
export function prepareVolumes(engine: Engine, id: string): Promise<void> {
  return withContainer(engine, id, async (held) => {
    const fresh = held.config.mounts.filter((mount) => mount.type === 'volume').filter((mount) => isFresh(held, mount))
    if (fresh.length === 0) return
    await withRootfs(engine, id, async (rootfs) => {
      for (const {name, destination} of fresh) {
        await engine.volumes.mount(name, {container: id, destination})
        try {
          await engine.volumes.copyUp(name, resolveInRoot(rootfs, destination), containerOwner(held, rootfs))
        } finally {
          await engine.volumes.unmount(name, (holder) => 'container' in holder && holder.container === id)
        }
      }
    })
  })
}
