import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import type {LayerStore} from '../../storage/layer-store.ts'
import type {ChainID} from '../../storage/snapshotter.ts'
import {EngineError} from '../errors/index.ts'
import {LockFile} from '../host/index.ts'
import type {Digest} from '../oci/types/image-spec.ts'
import {digestOf} from './digest.ts'
import type {Image} from './image.ts'
import {ImageFiles} from './image-files.ts'
import type {ImageIndex} from './image-record.ts'
import type {
  ImageEvent,
  ImageStore,
  ImageStoreOptions,
  LookupOptions,
  NewImage,
  NewIndex,
  RemoveOptions,
  RemoveReport,
  Resolved,
} from './image-store.ts'
import {withManifests, withNames, withOnlyManifest, withoutImage, withoutNames} from './index-changes.ts'
import {instanceForHost} from './instance-for-host.ts'
import {type HeldLayers, type LayerHold, LayerHolds} from './layer-holds.ts'
import {lookupName} from './lookup.ts'
import {indexRecord, type PreparedImage, prepareImage} from './new-image.ts'
import {formatReference, parseLocalReference} from './reference.ts'
import {PartialBlobs} from './registry/partial-blobs.ts'
import {removeImage} from './remove.ts'
import {StoredImage} from './stored-image.ts'
import {layersOfContainers, removeUnusedLayers} from './unused-layers.ts'

export function openImageStore(options: ImageStoreOptions): ImageStore {
  return new FileImageStore(options)
}

class FileImageStore implements ImageStore {
  readonly layers: LayerStore
  readonly directory: string
  readonly parallelCopies: number
  readonly #files: ImageFiles
  readonly #lock: string
  readonly #holds: LayerHolds
  readonly #options: ImageStoreOptions

  constructor(options: ImageStoreOptions) {
    this.layers = options.layers
    this.directory = join(options.root, 'images')
    this.#files = new ImageFiles(this.directory)
    this.#lock = join(this.directory, 'store.lock')
    this.#holds = new LayerHolds(join(this.directory, 'holds'), this.#lock)
    this.#options = options
    this.parallelCopies = options.parallelCopies ?? 0
  }

  get(id: string): Image {
    const image = this.#read(this.#files.readIndex(), id)
    if (!image) throw new EngineError('ERR_IMAGE_UNKNOWN', id)
    return image
  }

  lookup(name: string, options?: LookupOptions): Image {
    return this.resolve(name, options).image
  }

  resolve(name: string, {list = false}: LookupOptions = {}): Resolved {
    const index = this.#files.readIndex()
    const match = lookupName(index, name, this.#options.shortNames)
    const found = this.#read(index, match.id)
    const image = found?.record.kind === 'index' && !list ? instanceForHost(this, found) : found
    if (!image) throw new EngineError('ERR_IMAGE_UNKNOWN', name)
    return {image, name: match.name}
  }

  findByManifest(digest: Digest): Image | undefined {
    const index = this.#files.readIndex()
    const id = Object.keys(index.images).find((candidate) => index.images[candidate]?.digests.includes(digest))
    return id === undefined ? undefined : this.#read(index, id)?.withManifest(digest)
  }

  find(name: string, options?: LookupOptions): Image | undefined {
    try {
      return this.lookup(name, options)
    } catch (error) {
      if (error instanceof EngineError && error.code === 'ERR_IMAGE_UNKNOWN') return undefined
      throw error
    }
  }

  list(): readonly Image[] {
    const index = this.#files.readIndex()
    const images = Object.keys(index.images).flatMap((id) => this.#read(index, id) ?? [])
    return images.sort((a, b) => Date.parse(b.record.createdAt) - Date.parse(a.record.createdAt))
  }

  holdLayers(): Promise<LayerHold> {
    return this.#holds.open()
  }

  async create(image: NewImage): Promise<Image> {
    return this.#add(prepareImage(image, this.layers), image.names ?? [])
  }

  async createIndex(list: NewIndex, names: readonly string[]): Promise<Image> {
    const record = indexRecord(randomBytes(32).toString('hex'), list, new Date().toISOString())
    const index = await this.#change((before) => {
      requireFree(before, names)
      this.#files.addImage(record, undefined, [list.bytes])
      return withNames(withManifests(before, record.id, [digestOf(list.bytes)]), record.id, names)
    })
    return this.#read(index, record.id) as Image
  }

  async changeIndex(id: string, change: (list: Image) => NewIndex): Promise<Image> {
    let before: Image | undefined
    const index = await this.#change((current) => {
      before = this.#read(current, id)
      if (!before) throw new EngineError('ERR_IMAGE_UNKNOWN', id)
      if (before.record.kind !== 'index') throw new EngineError('ERR_NOT_A_LIST', before.names[0] ?? id)
      const changed = change(before)
      // The old list counts until the index names the new one: its sources stay in the record until the next change
      const sources = {...before.record.sources, ...changed.sources}
      this.#files.addManifest(id, changed.bytes)
      this.#files.writeRecord(indexRecord(id, {...changed, sources}, before.record.createdAt))
      return withOnlyManifest(current, id, digestOf(changed.bytes))
    })
    const after = this.#read(index, id) as Image
    if (before && before.digest !== after.digest) this.#files.removeManifest(id, before.digest)
    return after
  }

  async tag(id: string, names: readonly string[]): Promise<void> {
    const full = names.map(normalName)
    await this.#change((index) => withNames(requireImage(index, id), id, full))
    for (const name of names) this.emit('tag', id, name)
  }

  async untag(id: string, names?: readonly string[]): Promise<void> {
    let lost: readonly string[] = []
    await this.#change((index) => {
      lost = names ?? requireImage(index, id).images[id]?.names ?? []
      return withoutNames(index, id, lost)
    })
    for (const name of lost) this.emit('untag', id, name)
  }

  remove(name: string, options: RemoveOptions): Promise<RemoveReport> {
    return removeImage(this, name, options)
  }

  /** Takes the image out of the index, then removes its files and the layers nothing else uses. */
  async erase(id: string): Promise<void> {
    using _ = await LockFile.acquire(this.#lock)
    const index = this.#files.readIndex()
    const record = this.#files.readRecord(id)
    const rest = withoutImage(index, id)
    this.#files.writeIndex(rest)
    this.#files.removeImage(id)
    if (record) await removeUnusedLayers(this.layers, record.layers, this.#usedLayers(rest))
  }

  async sweep(): Promise<void> {
    using _ = await LockFile.acquire(this.#lock)
    const index = this.#files.readIndex()
    this.#files.sweep(index)
    new PartialBlobs(this.directory).removeAll()
    const all = this.layers.list().map((layer) => layer.chainID)
    await removeUnusedLayers(this.layers, all, this.#usedLayers(index))
  }

  async unusedLayers(moment: Date, options: {readonly remove?: boolean} = {}): Promise<readonly ChainID[]> {
    using _ = await LockFile.acquire(this.#lock)
    const used = this.#usedLayers(this.#files.readIndex())
    const below = await layersOfContainers(this.layers)
    const unused = this.layers
      .list()
      .filter(({chainID, createdAt}) => new Date(createdAt) < moment && !used.has(chainID) && !below.has(chainID))
      .map(({chainID}) => chainID)
    return options.remove ? await removeUnusedLayers(this.layers, unused, used) : unused
  }

  emit(status: ImageEvent['status'], id: string, name: string): void {
    this.#options.onEvent?.({status, id, name})
  }

  async #add(prepared: PreparedImage, names: readonly string[]): Promise<Image> {
    const {record, configBytes, manifestBytes, indexBytes} = prepared
    const {id} = record
    const manifests = indexBytes ? [indexBytes, manifestBytes] : [manifestBytes]
    const index = await this.#change((before) => {
      if (before.images[id]) for (const bytes of manifests) this.#files.addManifest(id, bytes)
      else this.#files.addImage(record, configBytes, manifests)
      return withNames(withManifests(before, id, manifests.map(digestOf)), id, names, {first: true})
    })
    const image = this.#read(index, id)
    if (!image) throw new EngineError('ERR_IMAGE_UNKNOWN', id)
    return image
  }

  async #change(change: (index: ImageIndex) => ImageIndex): Promise<ImageIndex> {
    using _ = await LockFile.acquire(this.#lock)
    const index = change(this.#files.readIndex())
    this.#files.writeIndex(index)
    return index
  }

  #read(index: ImageIndex, id: string): Image | undefined {
    const entry = Object.hasOwn(index.images, id) ? index.images[id] : undefined
    const record = entry && this.#files.readRecord(id)
    return entry && record && new StoredImage(record, entry, this.#files)
  }

  #usedLayers(index: ImageIndex): HeldLayers {
    const held = this.#holds.held()
    const used = new Set<ChainID>()
    for (const id of Object.keys(index.images))
      for (const chainID of this.#files.readRecord(id)?.layers ?? []) used.add(chainID)
    return {has: (chainID) => used.has(chainID) || held.has(chainID)}
  }
}

/** podman says twice what it normalises here. */
function normalName(name: string): string {
  try {
    return formatReference(parseLocalReference(name))
  } catch (error) {
    if (error instanceof EngineError) error.message = `normalizing name "${name}": ${error.message}`
    throw error
  }
}

function requireFree(index: ImageIndex, names: readonly string[]): void {
  for (const [id, entry] of Object.entries(index.images)) {
    const name = names.find((candidate) => entry.names.includes(candidate))
    if (name === undefined) continue
    const text = `image name "${name}" is already associated with image "${id}"`
    throw new EngineError('ERR_IMAGE_NAME_IN_USE', text)
  }
}

function requireImage(index: ImageIndex, id: string): ImageIndex {
  if (!Object.hasOwn(index.images, id)) throw new EngineError('ERR_IMAGE_UNKNOWN', id)
  return index
}
