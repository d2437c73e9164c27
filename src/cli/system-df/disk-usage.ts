import {lstat, readdir} from 'node:fs/promises'
import {join} from 'node:path'
import type {Runtime} from '../../libpod/runtime.ts'

export interface ImageUsage {
  readonly id: string
  readonly repository: string
  readonly tag: string
  readonly createdAt: string
  readonly bytes: number
  readonly sharedBytes: number
  readonly uniqueBytes: number
  readonly containers: number
}

export interface ContainerUsage {
  readonly id: string
  readonly image: string
  readonly command: readonly string[]
  readonly volumes: number
  readonly bytes: number
  readonly createdAt: string
  readonly status: string
  readonly name: string
}

export interface VolumeUsage {
  readonly name: string
  readonly links: number
  readonly bytes: number
}

export interface DiskUsage {
  readonly images: readonly ImageUsage[]
  /** What all images take together, shared layers once. */
  readonly imageBytes: number
  readonly containers: readonly ContainerUsage[]
  readonly volumes: readonly VolumeUsage[]
}

/** What images, containers and volumes take on the disk. */
export async function diskUsage(runtime: Runtime): Promise<DiskUsage> {
  const listings = await runtime.containers.listings()
  const containers = await Promise.all(
    listings.map(async ({summary, state}) => ({
      id: summary.id,
      image: summary.image?.id ?? '',
      command: summary.command,
      volumes: summary.mountPoints.length,
      bytes: (await runtime.containers.get(summary.id).size()).rwBytes,
      createdAt: summary.createdAt,
      status: state.status === 'configured' ? 'created' : state.status,
      name: summary.name,
    })),
  )
  const users = runtime.volumes.usersByName()
  const volumes = await Promise.all(
    runtime.volumes.list().map(async ({name}) => ({
      name,
      links: users.get(name)?.length ?? 0,
      bytes: await bytesBelow(runtime.volumes.inspect(name).Mountpoint),
    })),
  )
  return {...imageUsages(runtime, containers), containers, volumes}
}

function imageUsages({images: store, layers}: Runtime, containers: readonly ContainerUsage[]) {
  const images = store.list()
  const users = new Map<ChainID, number>()
  for (const layer of images.flatMap(({record}) => record.layers)) users.set(layer, (users.get(layer) ?? 0) + 1)
  const bytesOf = (ids: Iterable<ChainID>): number => [...ids].reduce((sum, id) => sum + layers.get(id).sizeBytes, 0)
  const rows = images.flatMap(({id, names, record}) => {
    const sharedBytes = bytesOf(record.layers.filter((layer) => (users.get(layer) ?? 0) > 1))
    const usage = {
      ...{id, createdAt: record.createdAt, bytes: record.sizeBytes, sharedBytes},
      uniqueBytes: Math.max(0, record.sizeBytes - sharedBytes),
      containers: containers.filter((container) => container.image === id).length,
    }
    return (names.length > 0 ? names : ['<none>:<none>']).map((name) => ({...splitName(name), ...usage}))
  })
  const configBytes = images.reduce((sum, {record}) => sum + record.sizeBytes - bytesOf(record.layers), 0)
  return {images: rows, imageBytes: bytesOf(users.keys()) + configBytes}
}

type ChainID = Runtime['images'] extends {list(): readonly (infer Image)[]}
  ? Image extends {record: {layers: readonly (infer Layer)[]}}
    ? Layer
    : never
  : never

function splitName(name: string): {repository: string; tag: string} {
  const [, repository = name, tag = '<none>'] = /^(.*?)(?::([^/:@]+))?(?:@.*)?$/.exec(name) ?? []
  return {repository, tag}
}

async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, {withFileTypes: true}).catch(() => [])
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(directory, entry.name)
      return entry.isDirectory() ? bytesBelow(path) : (await lstat(path)).size
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
