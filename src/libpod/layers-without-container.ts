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
  /** Of a volume that has it, as podman names such a layer. */
  readonly name?: string
}

interface Owner extends Pick<Engine, 'images' | 'layers' | 'volumes'> {
  readonly state: Pick<StateDatabase, 'ids' | 'layout'>
}

/** Those of volumes are not among them. */
export async function idsWithoutContainer({layers, state, volumes}: Owner): Promise<string[]> {
  const having = await layers.listContainerLayers()
  // Read after the layers: a container gets its layer first.
  const known = new Set([...state.ids(), ...volumes.layers().keys()])
  return having.filter((id) => !known.has(id) && !isInMaking(state, id))
}

export async function layersWithoutContainer(owner: Owner): Promise<ForeignLayer[]> {
  const ofVolumes = owner.volumes.layers()
  return [...ofVolumes.keys(), ...(await idsWithoutContainer(owner))].map((id) => {
    const volume = ofVolumes.get(id)
    const {createdAt, parent} = owner.layers.containerLayer(id)
    const image = owner.images.list().find(({record}) => parent !== undefined && record.layers.at(-1) === parent)
    return {
      ...{id, createdAt, ...(volume !== undefined && {name: `${volume}+volume`})},
      ...(image && {image: {id: image.id, name: image.names[0] ?? '', rawName: image.names[0] ?? ''}}),
    }
  })
}

function isInMaking({layout}: Owner['state'], id: string): boolean {
  return existsSync(`${layout.staging}/new-${id}`) || existsSync(`${layout.staging}/rm-${id}`)
}
