import {existsSync} from 'node:fs'
import type {ContainerImage} from './define/container-config.ts'
import type {Engine} from './engine.ts'
import type {StateDatabase} from './state/state-database.ts'

/** A writable layer in the storage that no container's record speaks of: what a crash or another program left. */
export interface ForeignLayer {
  readonly id: string
  /** RFC 3339. */
  readonly createdAt: string
  readonly image?: ContainerImage
}

interface Owner extends Pick<Engine, 'images' | 'layers'> {
  readonly state: Pick<StateDatabase, 'ids' | 'layout'>
}

export async function idsWithoutContainer({layers, state}: Owner): Promise<string[]> {
  const having = await layers.listContainerLayers()
  // Read after the layers: a container gets its layer first.
  const known = new Set(state.ids())
  return having.filter((id) => !known.has(id) && !isInMaking(state, id))
}

export async function layersWithoutContainer(owner: Owner): Promise<ForeignLayer[]> {
  return (await idsWithoutContainer(owner)).map((id) => {
    const {createdAt, parent} = owner.layers.containerLayer(id)
    const image = owner.images.list().find(({record}) => parent !== undefined && record.layers.at(-1) === parent)
    return {
      ...{id, createdAt},
      ...(image && {image: {id: image.id, name: image.names[0] ?? '', rawName: image.names[0] ?? ''}}),
    }
  })
}

function isInMaking({layout}: Owner['state'], id: string): boolean {
  return existsSync(`${layout.staging}/new-${id}`) || existsSync(`${layout.staging}/rm-${id}`)
}
