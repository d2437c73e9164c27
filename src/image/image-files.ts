import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../errors/index.ts'
import {readJson, syncDirectory, writeJson} from '../host/index.ts'
import type {Digest} from '../oci/types/image-spec.ts'
import {digestOf, hexOf} from './digest.ts'
import {IMAGE_RECORD_VERSION, type ImageIndex, type ImageRecord} from './image-record.ts'

const emptyIndex: ImageIndex = {version: IMAGE_RECORD_VERSION, images: {}}
let counter = 0

/** The files of the store: `index.json`, and a directory per image with `record.json`, `config` and `manifest-<hex>`. */
export class ImageFiles {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  readIndex(): ImageIndex {
    const index = readJson<ImageIndex>(join(this.directory, 'index.json')) ?? emptyIndex
    checkVersion(index, 'image index')
    return index
  }

  /** The caller holds the store's lock. */
  writeIndex(index: ImageIndex): void {
    writeJson(join(this.directory, 'index.json'), index)
  }

  /** Undefined when the image is being removed at this moment. */
  readRecord(id: string): ImageRecord | undefined {
    const record = readJson<ImageRecord>(join(this.directory, id, 'record.json'))
    if (record) checkVersion(record, `image ${id}`)
    return record
  }

  /** @throws ERR_RECORD_CORRUPT when the bytes are not those of the digest */
  readConfig(id: string): Buffer {
    return this.#readChecked(id, 'config', `sha256:${id}`)
  }

  readManifest(id: string, digest: Digest): Buffer {
    return this.#readChecked(id, `manifest-${hexOf(digest)}`, digest)
  }

  /** Puts the image's directory in place; it counts only when the index names it. */
  addImage(record: ImageRecord, configBytes: Uint8Array | undefined, manifests: readonly Uint8Array[]): void {
    const aside = join(this.directory, `new-${process.pid}-${counter++}`)
    mkdirSync(aside, {recursive: true, mode: 0o700})
    writeDurable(join(aside, 'record.json'), `${JSON.stringify(record)}\n`)
    if (configBytes) writeDurable(join(aside, 'config'), configBytes)
    for (const bytes of manifests) writeDurable(join(aside, `manifest-${hexOf(digestOf(bytes))}`), bytes)
    syncDirectory(aside)
    this.removeImage(record.id)
    renameSync(aside, join(this.directory, record.id))
    syncDirectory(this.directory)
  }

  /** Puts another record in the place of an image's own: that of a manifest list, which changes. */
  writeRecord(record: ImageRecord): void {
    writeJson(join(this.directory, record.id, 'record.json'), record)
  }

  addManifest(id: string, manifestBytes: Uint8Array): void {
    writeDurable(join(this.directory, id, `manifest-${hexOf(digestOf(manifestBytes))}`), manifestBytes)
    syncDirectory(join(this.directory, id))
  }

  /** The index no longer names it. */
  removeManifest(id: string, digest: Digest): void {
    rmSync(join(this.directory, id, `manifest-${hexOf(digest)}`), {force: true})
  }

  /** The index no longer names it. */
  removeImage(id: string): void {
    const aside = join(this.directory, `rm-${process.pid}-${counter++}`)
    try {
      renameSync(join(this.directory, id), aside)
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return
      throw error
    }
    rmSync(aside, {recursive: true, force: true})
  }

  /** Removes directories that the index does not name. The caller holds the store's lock. */
  sweep(index: ImageIndex): void {
    for (const entry of this.#entries()) {
      const isImage = /^[0-9a-f]{64}$/.test(entry)
      if (isImage ? !index.images[entry] : /^(?:new|rm|\.new)-/.test(entry))
        rmSync(join(this.directory, entry), {recursive: true, force: true})
    }
  }

  #entries(): readonly string[] {
    try {
      return readdirSync(this.directory)
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }

  #readChecked(id: string, name: string, digest: Digest): Buffer {
    const path = join(this.directory, id, name)
    let bytes: Buffer
    try {
      bytes = readFileSync(path)
    } catch (cause) {
      throw new EngineError('ERR_RECORD_CORRUPT', path, {cause})
    }
    if (digestOf(bytes) !== digest) throw new EngineError('ERR_RECORD_CORRUPT', path)
    return bytes
  }
}

function checkVersion(document: {readonly version: number}, what: string): void {
  if (document.version > IMAGE_RECORD_VERSION) throw new EngineError('ERR_RECORD_VERSION', what)
}

function writeDurable(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  const descriptor = openSync(path, 'w', 0o600)
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
