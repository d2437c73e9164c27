import {EngineError} from '../errors/index.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'

export interface ImageMount {
  readonly image: Image
  readonly path: string
}

/** Mounts the image's tree read-only and returns where. Each mount needs its own unmount. */
export async function mountImage(store: ImageStore, image: Image): Promise<string> {
  if (image.topLayer === undefined) throw new EngineError('ERR_REFUSED', `image ${image.id} has no layers`)
  const path = await store.layers.mountLayer(image.topLayer)
  store.emit('mount', image.id, image.names[0] ?? image.id)
  return path
}

/** False when it was not mounted. */
export async function unmountImage(store: ImageStore, image: Image, force: boolean): Promise<boolean> {
  if (image.topLayer === undefined || !store.layers.layerMount(image.topLayer)) return false
  await store.layers.unmountLayer(image.topLayer, {force})
  store.emit('unmount', image.id, image.names[0] ?? image.id)
  return true
}

export function mountedImages(store: ImageStore): readonly ImageMount[] {
  return store.list().flatMap((image) => {
    const mount = image.topLayer === undefined ? undefined : store.layers.layerMount(image.topLayer)
    return mount ? [{image, path: mount.path}] : []
  })
}
