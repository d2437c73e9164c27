import type {ChainID} from '../../storage/index.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'

export interface TreeLayer {
  readonly id: ChainID
  readonly sizeBytes: number
  /** Names of the images that end with this layer. */
  readonly topOf: readonly string[]
  readonly children: readonly TreeLayer[]
}

/** The image's layers, each the child of nothing: podman draws them as a list, the lowest first. */
export function layersOfImage(store: ImageStore, image: Image): readonly TreeLayer[] {
  const tops = namesByTopLayer(store)
  return image.record.layers.map((id) => treeLayer(store, id, tops, []))
}

/** The image's highest layer with every layer that other images put on it. */
export function layersAbove(store: ImageStore, image: Image): readonly TreeLayer[] {
  const tops = namesByTopLayer(store)
  const children = childrenByParent(store)
  const build = (id: ChainID): TreeLayer => treeLayer(store, id, tops, (children.get(id) ?? []).map(build))
  return image.topLayer === undefined ? [] : [build(image.topLayer)]
}

function treeLayer(
  store: ImageStore,
  id: ChainID,
  tops: ReadonlyMap<ChainID, readonly string[]>,
  children: readonly TreeLayer[],
): TreeLayer {
  return {id, sizeBytes: store.layers.get(id).sizeBytes, topOf: tops.get(id) ?? [], children}
}

function namesByTopLayer(store: ImageStore): ReadonlyMap<ChainID, readonly string[]> {
  const names = new Map<ChainID, string[]>()
  for (const image of store.list())
    if (image.topLayer !== undefined) names.set(image.topLayer, [...(names.get(image.topLayer) ?? []), ...image.names])
  return names
}

function childrenByParent(store: ImageStore): ReadonlyMap<ChainID, readonly ChainID[]> {
  const children = new Map<ChainID, ChainID[]>()
  for (const {chainID, parent} of store.layers.list())
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), chainID])
  return children
}
