import {type ChainID, type DiffEntry, type LayerStore, treeChanges} from '../../storage/index.ts'
import {EngineError} from '../errors/index.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'
import {MOUNT_PLACES} from './mount-places.ts'

/** What the image's last layer changed; or, given another image, what differs from it. */
export async function imageDiff(store: ImageStore, image: Image, other?: Image): Promise<readonly DiffEntry[]> {
  const top = topOf(image)
  const below = other ? topOf(other) : image.record.layers.at(-2)
  const changes = await withMount(store.layers, top, (tree) =>
    below === undefined
      ? Promise.resolve(treeChanges(tree))
      : withMount(store.layers, below, async (belowTree) => treeChanges(tree, belowTree)),
  )
  return changes.filter(({path}) => !MOUNT_PLACES.has(path))
}

async function withMount<T>(layers: LayerStore, chainID: ChainID, action: (tree: string) => Promise<T>): Promise<T> {
  const tree = await layers.mountLayer(chainID)
  try {
    return await action(tree)
  } finally {
    await layers.unmountLayer(chainID)
  }
}

function topOf(image: Image): ChainID {
  if (image.topLayer === undefined) throw new EngineError('ERR_REFUSED', `image ${image.id} has no layers`)
  return image.topLayer
}
