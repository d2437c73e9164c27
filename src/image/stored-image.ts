import type {ChainID} from '../../storage/snapshotter.ts'
import {EngineError} from '../errors/index.ts'
import type {Digest, ImageConfig} from '../oci/types/image-spec.ts'
import {parseImageConfig} from './documents/config.ts'
import type {Image} from './image.ts'
import type {ImageFiles} from './image-files.ts'
import type {ImageRecord, IndexEntry} from './image-record.ts'

/** An image read from the store's files. */
export class StoredImage implements Image {
  readonly id: string
  readonly record: ImageRecord
  readonly #entry: IndexEntry
  readonly #files: ImageFiles
  #configBytes: Buffer | undefined
  #config: ImageConfig | undefined

  constructor(record: ImageRecord, entry: IndexEntry, files: ImageFiles) {
    this.id = record.id
    this.record = record
    this.#entry = entry
    this.#files = files
  }

  get digest(): Digest {
    const digest = this.#entry.digests.at(-1)
    if (digest === undefined) throw new EngineError('ERR_RECORD_CORRUPT', `image ${this.id} without manifest`)
    return digest
  }

  get digests(): readonly Digest[] {
    return this.#entry.digests
  }

  get names(): readonly string[] {
    return this.#entry.names
  }

  get namesHistory(): readonly string[] {
    return this.#entry.namesHistory
  }

  get topLayer(): ChainID | undefined {
    return this.record.layers.at(-1)
  }

  get configBytes(): Buffer {
    if (this.record.kind === 'index')
      throw new EngineError('ERR_IMAGE_UNKNOWN', `${this.id} is a manifest list without an image for this platform`)
    this.#configBytes ??= this.#files.readConfig(this.id)
    return this.#configBytes
  }

  get config(): ImageConfig {
    this.#config ??= parseImageConfig(this.configBytes)
    return this.#config
  }

  get manifestBytes(): Buffer {
    return this.#files.readManifest(this.id, this.digest)
  }

  withManifest(digest: Digest): Image {
    const digests = [...this.#entry.digests.filter((known) => known !== digest), digest]
    return new StoredImage(this.record, {...this.#entry, digests}, this.#files)
  }
}
