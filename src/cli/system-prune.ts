import {EngineError, hasCode} from '../errors/index.ts'
import {pruneImages} from '../image/index.ts'
import type {Runtime} from '../libpod/runtime.ts'
import {parseFilters} from './filters.ts'
import {imageUsers} from './image/image-command.ts'
import {parseMoment} from './moment.ts'
import {networkPruneFilter} from './network-filters.ts'
import {networkInUse} from './network-users.ts'
import {pruneKeep} from './prune-keep.ts'
import {volumeFilter} from './volume-filters.ts'

export interface SystemPruneOptions {
  readonly all: boolean
  readonly volumes: boolean
  readonly filter: readonly string[]
}

export interface SystemPruneReport {
  readonly sections: readonly {readonly title: string; readonly names: readonly string[]}[]
  readonly errors: readonly unknown[]
  readonly bytes: number
}

const FILTER_KEYS = ['label', 'label!', 'until']

/** @throws ERR_REFUSED for a filter that not all kinds of objects have */
export function checkPruneFilters(filters: readonly string[]): void {
  for (const key of parseFilters(filters).keys())
    if (!FILTER_KEYS.includes(key)) throw new EngineError('ERR_REFUSED', `${key} is an invalid filter`)
}

/** Removes what nothing uses: containers first, for they use the rest. */
export async function pruneSystem(runtime: Runtime, options: SystemPruneOptions): Promise<SystemPruneReport> {
  const containers = await runtime.containers.prune({keep: pruneKeep(options.filter)})
  const networks = await pruneNetworks(runtime, options.filter)
  const volumes = options.volumes ? await pruneVolumes(runtime, options.filter) : {names: [], errors: [], bytes: 0}
  const before = imageBytes(runtime)
  const images = await pruneImages(
    {store: runtime.images, users: imageUsers(runtime), parseMoment},
    {all: options.all, filters: options.filter},
  )
  const containerBytes = containers.removed.reduce((sum, {bytes}) => sum + bytes, 0)
  return {
    sections: [
      {title: 'Deleted Containers', names: containers.removed.map(({id}) => id)},
      {title: 'Deleted Networks', names: networks.names},
      {title: 'Deleted Volumes', names: volumes.names},
      {title: 'Deleted Images', names: images},
    ],
    errors: [...containers.failed.map(({error}) => error), ...networks.errors, ...volumes.errors],
    bytes: containerBytes + volumes.bytes + before - imageBytes(runtime),
  }
}

interface Pruned {
  readonly names: readonly string[]
  readonly errors: readonly unknown[]
}

async function pruneNetworks(runtime: Runtime, filters: readonly string[]): Promise<Pruned> {
  const {store} = runtime.networks
  const inUse = networkInUse(runtime)
  const fits = networkPruneFilter(filters)
  const unused = store.list().filter((record) => !inUse(record.name) && fits(record))
  return removeEach(
    unused.map(({name}) => name),
    (name) => runtime.networks.remove(name),
  )
}

async function pruneVolumes(runtime: Runtime, filters: readonly string[]): Promise<Pruned & {bytes: number}> {
  const {volumes, events} = runtime
  const fits = volumeFilter(volumes, filters)
  const users = volumes.usersByName()
  const unused = volumes.list().filter(({name}) => !users.has(name) && fits(volumes.inspect(name)))
  const pruned = await removeEach(
    unused.map(({name}) => name),
    async (name) => {
      await volumes.remove(name)
      events.write({Type: 'volume', Status: 'prune', Name: name})
    },
  )
  return {...pruned, bytes: 0}
}

/** What somebody else uses or removes meanwhile is left alone. */
async function removeEach(names: readonly string[], remove: (name: string) => unknown): Promise<Pruned> {
  const removed: string[] = []
  const errors: unknown[] = []
  for (const name of names) {
    try {
      await remove(name)
      removed.push(name)
    } catch (error) {
      if (!hasCode(error, 'ERR_VOLUME_IN_USE', 'ERR_NO_SUCH_VOLUME', 'ERR_NETWORK_IN_USE', 'ERR_NO_SUCH_NETWORK'))
        errors.push(error)
    }
  }
  return {names: removed, errors}
}

function imageBytes({images}: Runtime): number {
  return images.list().reduce((sum, {record}) => sum + record.sizeBytes, 0)
}
