import type {ImageHistory} from '../oci/types/image-spec.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'

export interface HistoryEntry {
  /** Of an image that ends with this entry; undefined when there is none. */
  readonly id: string | undefined
  /** RFC 3339, as the configuration has it. */
  readonly created: string
  readonly createdBy: string
  readonly sizeBytes: number
  readonly comment: string
  readonly tags: readonly string[]
}

/** The entries of the image's history, newest first, with the sizes of the layers they made. */
export function imageHistory(store: ImageStore, image: Image): readonly HistoryEntry[] {
  const {history = []} = image.config
  const owners = imagesByTopLayer(store, image)
  const made = layersOf(history, image.record.layers)
  return history
    .map((entry, index) => {
      const layer = made[index]
      const isTop = index === history.length - 1
      const owner = isTop ? image : entry.empty_layer || layer === undefined ? undefined : owners.get(layer)
      return {
        id: owner?.id,
        created: entry.created ?? '',
        createdBy: entry.created_by ?? '',
        sizeBytes: layer === undefined ? 0 : store.layers.get(layer).sizeBytes,
        comment: entry.comment ?? '',
        tags: owner?.names ?? [],
      }
    })
    .reverse()
}

type LayerID = Image['record']['layers'][number]

function layersOf(history: readonly ImageHistory[], layers: readonly LayerID[]): readonly (LayerID | undefined)[] {
  let next = 0
  return history.map((entry) => (entry.empty_layer ? undefined : layers[next++]))
}

/** Only images whose last entry made their top layer end there; those that go on without a layer end later. */
function imagesByTopLayer(store: ImageStore, self: Image): ReadonlyMap<LayerID, Image> {
  const layers = new Set(self.record.layers)
  const owners = new Map<LayerID, Image>()
  for (const image of store.list()) {
    const {topLayer} = image
    if (image.id === self.id || topLayer === undefined || !layers.has(topLayer)) continue
    if (!image.config.history?.at(-1)?.empty_layer) owners.set(topLayer, image)
  }
  return owners
}
