import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import {LockFile} from '../../host/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {hexOf} from '../digest.ts'

/** A shorter blob is sooner fetched again than looked after. */
const LEAST_BYTES = 1024 * 1024
const STALE_MS = 7 * 24 * 3600 * 1000
const CHUNK_BYTES = 256 * 1024

/**
 * What came of blobs before their download was cut, a file for each: a later download, also of another process, goes on
 * from there. Nothing here is trusted: the digest of the whole blob is checked by whoever reads it.
 */
export class PartialBlobs {
  readonly #directory: string

  constructor(imagesDirectory: string) {
    this.#directory = join(imagesDirectory, 'partial')
  }

  /** Undefined for a short blob, and when another process downloads the same. */
  open(digest: Digest, sizeBytes: number): PartialBlob | undefined {
    if (sizeBytes < LEAST_BYTES) return undefined
    mkdirSync(this.#directory, {recursive: true, mode: 0o700})
    const path = join(this.#directory, hexOf(digest))
    const lock = this.#tryLock(hexOf(digest))
    return lock && new PartialBlob(path, lock, sizeBytes)
  }

  /** Removes what nobody went on with for a week. */
  removeStale(): void {
    this.#remove((path) => Date.now() - statSync(path).mtimeMs > STALE_MS)
  }

  /** Removes whatever is not being downloaded at this moment. */
  removeAll(): void {
    this.#remove(() => true)
  }

  #remove(isUnwanted: (path: string) => boolean): void {
    for (const name of this.#names()) {
      const path = join(this.#directory, name)
      using lock = this.#tryLock(name)
      if (!lock) continue
      try {
        if (isUnwanted(path)) rmSync(path, {force: true})
      } catch (error) {
        if (!isErrno(error, 'ENOENT')) throw error
      }
    }
  }

  /** One of a few locks that are never removed; two blobs that share one merely do not go on at the same time. */
  #tryLock(hex: string): LockFile | undefined {
    return LockFile.tryAcquire(join(this.#directory, 'locks', hex.slice(0, 2)))
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#directory).filter((name) => name !== 'locks')
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }
}

/** The beginning of one blob, locked while its download goes on. */
export class PartialBlob {
  readonly #path: string
  readonly #lock: LockFile
  readonly #descriptor: number
  #bytes: number

  constructor(path: string, lock: LockFile, sizeBytes: number) {
    this.#path = path
    this.#lock = lock
    this.#descriptor = openSync(path, 'a+', 0o600)
    // One that is whole was given up by a reader that found it wrong, or died over it: it is fetched anew
    if (fstatSync(this.#descriptor).size >= sizeBytes) ftruncateSync(this.#descriptor, 0)
    this.#bytes = fstatSync(this.#descriptor).size
  }

  /** What was there before, always in the same buffer; `append` comes afterwards. */
  *chunks(): Generator<Buffer> {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
    for (let position = 0; position < this.#bytes; ) {
      const length = readSync(this.#descriptor, chunk, 0, Math.min(CHUNK_BYTES, this.#bytes - position), position)
      if (length === 0) return
      position += length
      yield chunk.subarray(0, length)
    }
  }

  append(chunk: Uint8Array): void {
    for (let written = 0; written < chunk.length; ) written += writeSync(this.#descriptor, chunk, written)
    this.#bytes += chunk.length
  }

  /** Ends this download; another may go on from here. */
  keep(): void {
    if (this.#bytes < LEAST_BYTES) rmSync(this.#path, {force: true})
    closeSync(this.#descriptor)
    this.#lock.release()
  }

  /** The blob came whole, or what came is wrong. */
  discard(): void {
    closeSync(this.#descriptor)
    rmSync(this.#path, {force: true})
    this.#lock.release()
  }
}
