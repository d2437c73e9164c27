import type {Engine} from '../engine.ts'

/** What the container itself takes, and what its image takes. */
export async function containerSize(engine: Engine, id: string): Promise<{rwBytes: number; rootBytes: number}> {
  const {rootfs, image} = engine.state.config(id)
  if (rootfs) return {rwBytes: 0, rootBytes: 0}
  const rwBytes = await engine.layers.containerLayerBytes(id)
  let rootBytes = 0
  for (let chain = image?.topLayer; chain !== undefined; chain = engine.layers.get(chain).parent)
    rootBytes += await engine.layers.layerBytes(chain)
  return {rwBytes, rootBytes}
}
