import {EngineError, inContext} from '../../errors/index.ts'
import type {Descriptor, Digest, Index} from '../../oci/types/image-spec.ts'
import {parseIndex} from '../documents/manifest.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import {formatReference, parseLocalReference} from '../reference.ts'
import {
  bytesOfIndex,
  type EntryFacts,
  emptyIndex,
  withEntry,
  withFacts,
  withLast,
  withoutEntry,
} from './index-document.ts'
import type {Instance} from './instance.ts'

export interface CreateListOptions {
  /** A list that has the name already is used as it is. */
  readonly amend?: boolean
  readonly annotations?: Readonly<Record<string, string>>
}

/** Makes an empty list. @throws ERR_IMAGE_NAME_IN_USE; ERR_NOT_A_LIST when it should amend an image */
export async function createManifestList(
  store: ImageStore,
  name: string,
  {amend = false, annotations = {}}: CreateListOptions = {},
): Promise<ManifestList> {
  const full = formatReference(parseLocalReference(name))
  const known = amend ? store.find(full, {list: true}) : undefined
  if (known) return openManifestList(store, full)
  const index = withIndexAnnotations(emptyIndex, annotations)
  try {
    return new ManifestList(store, await store.createIndex({bytes: bytesOfIndex(index), sources: {}}, [full]))
  } catch (error) {
    throw inContext('creating image to hold manifest list', error)
  }
}

/** @throws ERR_IMAGE_UNKNOWN, ERR_NOT_A_LIST */
export function openManifestList(store: ImageStore, name: string): ManifestList {
  const {image, name: full} = store.resolve(name, {list: true})
  if (image.record.kind !== 'index') throw new EngineError('ERR_NOT_A_LIST', full)
  return new ManifestList(store, image)
}

/** A manifest list of the store. Its id stays when its entries change; each change is one step for other processes. */
export class ManifestList {
  readonly #store: ImageStore
  #image: Image

  constructor(store: ImageStore, image: Image) {
    this.#store = store
    this.#image = image
  }

  get image(): Image {
    return this.#image
  }

  get id(): string {
    return this.#image.id
  }

  get index(): Index {
    return parseIndex(this.#image.manifestBytes)
  }

  /** An entry of the same manifest goes: the new one comes last. */
  async add(instances: readonly Instance[], facts: EntryFacts = {}): Promise<void> {
    await this.#change((index, sources) => ({
      index: instances.reduce((list, {entry}) => withLast(list, withFacts(entry, facts)), index),
      sources: {...sources, ...sourcesOf(instances)},
    }))
  }

  /** @throws ERR_REFUSED when the list has no such entry */
  async annotate(digest: Digest, facts: EntryFacts): Promise<void> {
    await this.#change((index, sources) => ({
      index: withEntry(index, withFacts(entryOf(index, digest), facts)),
      sources,
    }))
  }

  /** Annotations of the list itself. */
  async annotateIndex(annotations: Readonly<Record<string, string>>): Promise<void> {
    await this.#change((index, sources) => ({index: withIndexAnnotations(index, annotations), sources}))
  }

  /** @throws ERR_REFUSED when the list has no such entry */
  async remove(digest: Digest): Promise<void> {
    await this.#change((index, sources) => {
      entryOf(index, digest)
      return {index: withoutEntry(index, digest), sources}
    })
  }

  async #change(change: (index: Index, sources: Sources) => {index: Index; sources: Sources}): Promise<void> {
    this.#image = await this.#store.changeIndex(this.id, (image) => {
      const {index, sources} = change(parseIndex(image.manifestBytes), image.record.sources ?? {})
      const entries = new Set(index.manifests.map(({digest}) => digest))
      const needed = Object.entries(sources).filter(([digest]) => entries.has(digest as Digest))
      return {bytes: bytesOfIndex(index), sources: Object.fromEntries(needed)}
    })
  }
}

type Sources = Readonly<Record<Digest, string>>

function sourcesOf(instances: readonly Instance[]): Sources {
  return Object.fromEntries(
    instances.flatMap(({entry, source}) => (source === undefined ? [] : [[entry.digest, source]])),
  )
}

function entryOf(index: Index, digest: Digest): Descriptor {
  const entry = index.manifests.find((candidate) => candidate.digest === digest)
  if (entry) return entry
  throw new EngineError(
    'ERR_REFUSED',
    `no instance matching digest "${digest}" found in manifest list: file does not exist`,
  )
}

function withIndexAnnotations(index: Index, annotations: Readonly<Record<string, string>>): Index {
  const all = {...index.annotations, ...annotations}
  return Object.keys(all).length > 0 ? {...index, annotations: all} : index
}
