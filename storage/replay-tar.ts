import {createHash} from 'node:crypto'
import {closeSync, fstatSync, openSync, readSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../src/errors/index.ts'
import {type ByteString, openFlags, openInRoot} from '../src/host/index.ts'
import type {Digest} from '../src/oci/types/image-spec.ts'
import {quote} from './diff/entry-path.ts'
import type {ReplacedPath} from './diff/replaced-files.ts'
import {layerFiles, readReplaced} from './layer-records.ts'
import {readTarRecord} from './tar-record.ts'

const CHUNK = 256 * 1024

export interface ReplayRequest {
  /** The layer's content and its records. */
  readonly contentPath: string
  readonly recordsPath: string
  readonly diffID: Digest
}

/**
 * The layer's tar as it was applied, always in the same buffer: a chunk is the reader's only until it asks for the next.
 * @throws ERR_DIGEST_MISMATCH when the layer's files are not what they were
 */
export async function* replayTar({contentPath, recordsPath, diffID}: ReplayRequest): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  using contents = new Contents(contentPath, recordsPath)
  const chunk = Buffer.allocUnsafeSlow(CHUNK)
  let used = 0
  for (const step of readTarRecord(join(recordsPath, layerFiles.tar))) {
    if (step.kind === 'file') {
      contents.next(step.path)
      continue
    }
    const length = step.kind === 'structure' ? step.bytes.length : step.length
    for (let done = 0; done < length; ) {
      const size = Math.min(CHUNK - used, length - done)
      if (step.kind === 'structure') step.bytes.copy(chunk, used, done, done + size)
      else contents.read(chunk, used, size, step.offset + done)
      done += size
      used += size
      if (used < CHUNK) continue
      hash.update(chunk)
      yield chunk
      used = 0
    }
  }
  contents.finish()
  hash.update(chunk.subarray(0, used))
  if (used > 0) yield chunk.subarray(0, used)
  const found = `sha256:${hash.digest('hex')}`
  if (found !== diffID) throw new EngineError('ERR_DIGEST_MISMATCH', `layer ${diffID} now gives ${found}`)
}

/** A sparse file may end with a hole that the archive does not hold. */
function hasDataFrom(descriptor: number, position: number): boolean {
  if (fstatSync(descriptor).size <= position) return false
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (let at = position; ; ) {
    const count = readSync(descriptor, buffer, 0, CHUNK, at)
    if (count === 0) return false
    if (buffer.subarray(0, count).some((byte) => byte !== 0)) return true
    at += count
  }
}

/** The files of a layer in the order of its archive, one open at a time. */
class Contents implements Disposable {
  readonly #root: number
  readonly #recordsPath: string
  readonly #replaced: readonly ReplacedPath[]
  #index = -1
  #path: ByteString = ''
  #descriptor: number | undefined
  /** How far the open file was read. */
  #end = 0

  constructor(contentPath: string, recordsPath: string) {
    this.#root = openSync(contentPath, openFlags.readOnly | openFlags.directory)
    this.#recordsPath = recordsPath
    this.#replaced = readReplaced(recordsPath)
  }

  next(path: ByteString): void {
    this.finish()
    this.#index++
    this.#path = path
  }

  /** @throws ERR_DIGEST_MISMATCH when the file is not there, or shorter than it was */
  read(into: Buffer, at: number, length: number, position: number): void {
    const descriptor = this.#opened()
    for (let done = 0; done < length; ) {
      const count = readSync(descriptor, into, at + done, length - done, position + done)
      if (count === 0) throw new EngineError('ERR_DIGEST_MISMATCH', `${quote(this.#path)} is shorter than it was`)
      done += count
    }
    this.#end = position + length
  }

  /** Nothing more is read of the open file. @throws ERR_DIGEST_MISMATCH when it has more */
  finish(): void {
    if (this.#descriptor !== undefined && hasDataFrom(this.#descriptor, this.#end))
      throw new EngineError('ERR_DIGEST_MISMATCH', `${quote(this.#path)} is longer than it was`)
    this.#close()
  }

  /** Also of a reader that leaves in the middle of a file. */
  [Symbol.dispose](): void {
    this.#close()
    closeSync(this.#root)
  }

  #opened(): number {
    if (this.#descriptor !== undefined) return this.#descriptor
    const flags = openFlags.readOnly | openFlags.noFollow | openFlags.nonBlock
    try {
      const moved = this.#moved()
      this.#descriptor = moved ? this.#openReplaced(moved, flags) : openInRoot(this.#root, this.#path, flags)
      return this.#descriptor
    } catch (cause) {
      throw new EngineError('ERR_DIGEST_MISMATCH', `${quote(this.#path)}: ${(cause as Error).message}`, {cause})
    }
  }

  #moved(): ByteString | undefined {
    for (const {beforeFile, path, name} of this.#replaced)
      if (this.#index < beforeFile && (this.#path === path || this.#path.startsWith(`${path}/`)))
        return name + this.#path.slice(path.length)
    return undefined
  }

  #openReplaced(path: ByteString, flags: number): number {
    const directory = openSync(join(this.#recordsPath, layerFiles.replaced), openFlags.readOnly | openFlags.directory)
    try {
      return openInRoot(directory, path, flags)
    } finally {
      closeSync(directory)
    }
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
