import type {DiffEntry} from '../../../storage/layer-store.ts'
import {EngineError} from '../../errors/index.ts'
import {MOUNT_PLACES} from '../../image/mount-places.ts'
import type {Engine} from '../engine.ts'

/** What a container changed against its image, less the places that the engine made for its mounts. */
export async function diffContainer(engine: Engine, id: string): Promise<readonly DiffEntry[]> {
  const config = engine.state.config(id)
  if (config.rootfs)
    throw new EngineError(
      'ERR_NOT_SUPPORTED',
      `container ${id} was not created from an image, it has nothing to compare with`,
    )
  const places = new Set([...MOUNT_PLACES, ...config.mounts.map(({destination}) => destination)])
  const entries = await engine.layers.containerLayerDiff(id)
  return entries.filter(({path}) => !places.has(path) && !path.startsWith('/proc/') && !path.startsWith('/sys/'))
}
