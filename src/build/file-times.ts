import {lstatSync, lutimesSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {LayerStore} from '../../storage/layer-store.ts'
import {resolveInRoot} from '../host/index.ts'
import type {BuildRequest} from './build-request.ts'

/**
 * Gives what a step wrote the time of the build (`--timestamp`), or that to what is later (`--rewrite-timestamp`), so that
 * two builds make the same layer. The layer is not mounted.
 */
export async function overwriteTimes(
  layers: LayerStore,
  id: string,
  {timestamp, fileTimes}: Pick<BuildRequest, 'timestamp' | 'fileTimes'>,
): Promise<void> {
  if (timestamp === undefined || fileTimes === undefined) return
  const written = (await layers.containerLayerDiff(id)).filter(({kind}) => kind !== 'deleted')
  const rootfs = await layers.mountContainerLayer(id)
  try {
    for (const {path} of written) {
      const place = join(resolveInRoot(rootfs, dirname(path)), path.slice(path.lastIndexOf('/') + 1))
      if (fileTimes === 'set' || lstatSync(place).mtimeMs > timestamp * 1000) lutimesSync(place, timestamp, timestamp)
    }
  } finally {
    await layers.unmountContainerLayer(id, {force: true})
  }
}
