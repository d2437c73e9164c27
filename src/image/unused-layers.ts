import type {LayerRecord, LayerStore} from '../../storage/layer-store.ts'
import type {ChainID} from '../../storage/snapshotter.ts'
import {hasCode} from '../errors/index.ts'

/**
 * Removes those `candidates` that are not in `used`, highest first. A layer that another one or a container lies on
 * stays. The caller holds the image store's lock.
 */
export async function removeUnusedLayers(
  layers: LayerStore,
  candidates: readonly ChainID[],
  used: {has(chainID: ChainID): boolean},
): Promise<readonly ChainID[]> {
  const removed: ChainID[] = []
  for (const chainID of highestFirst(layers, candidates))
    if (!used.has(chainID) && (await removeUnlessUsed(layers, chainID))) removed.push(chainID)
  return removed
}

/** The layers that containers lie on, down to the lowest. */
export async function layersOfContainers(layers: LayerStore): Promise<ReadonlySet<ChainID>> {
  const below = new Set<ChainID>()
  for (const id of await layers.listContainerLayers()) {
    let chainID = layers.containerLayer(id).parent
    for (; chainID !== undefined && layers.has(chainID); chainID = layers.get(chainID).parent) below.add(chainID)
  }
  return below
}

async function removeUnlessUsed(layers: LayerStore, chainID: ChainID): Promise<boolean> {
  try {
    await layers.remove(chainID)
    return true
  } catch (error) {
    if (hasCode(error, 'ERR_SNAPSHOT_HAS_CHILDREN', 'ERR_LAYER_UNKNOWN', 'ERR_SNAPSHOT_UNKNOWN')) return false
    throw error
  }
}

function highestFirst(layers: LayerStore, candidates: readonly ChainID[]): readonly ChainID[] {
  const records = new Map(candidates.filter((id) => layers.has(id)).map((id) => [id, layers.get(id)]))
  const depths = new Map([...records.values()].map((record) => [record.chainID, depthOf(record, records)]))
  return [...depths].sort((a, b) => b[1] - a[1]).map(([chainID]) => chainID)
}

/** Among the candidates: how many of them lie below. */
function depthOf(record: LayerRecord, records: ReadonlyMap<ChainID, LayerRecord>): number {
  let depth = 0
  for (let parent = record.parent; parent !== undefined; parent = records.get(parent)?.parent) depth++
  return depth
}
