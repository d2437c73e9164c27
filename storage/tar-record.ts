import {closeSync, fstatSync, openSync, readSync, writeSync} from 'node:fs'
import {constants, zstdCompressSync, zstdDecompressSync} from 'node:zlib'
import {EngineError} from '../src/errors/index.ts'
import type {ByteString} from '../src/host/index.ts'

/**
 * What makes a layer's tar again from the layer's files: everything of the archive that is no file content stands here
 * as it came, content as a reference to the file that holds it. The file is a row of blocks, each its length (32 bits,
 * little-endian) and a zstd frame; the frames together are a row of steps: a byte for the kind, numbers in base 128.
 */
export type RecordStep =
  | {readonly kind: 'structure'; readonly bytes: Buffer}
  | {readonly kind: 'file'; readonly path: ByteString}
  | {readonly kind: 'content'; readonly offset: number; readonly length: number}

const STRUCTURE = 1
const FILE = 2
const CONTENT = 3
const BLOCK_BYTES = 256 * 1024
/** Records of earlier versions have longer ones. */
const MAX_BLOCK_BYTES = 1024 * 1024
const MAX_NUMBER_BYTES = 8

export class TarRecordWriter implements Disposable {
  #descriptor: number | undefined
  #buffer = Buffer.allocUnsafe(BLOCK_BYTES)
  #used = 0
  /** Content that may still grow. */
  #content: {offset: number; length: number} | undefined

  /** The file must not be there yet. */
  constructor(path: string) {
    this.#descriptor = openSync(path, 'wx', 0o600)
  }

  structure(bytes: Buffer): void {
    this.#endContent()
    for (let at = 0; at < bytes.length; at += BLOCK_BYTES / 2) {
      const piece = bytes.subarray(at, at + BLOCK_BYTES / 2)
      this.#step(STRUCTURE, [piece.length], piece)
    }
  }

  /** The contents that follow are this file's; the path is below the layer's directory. */
  file(path: ByteString): void {
    this.#endContent()
    const bytes = Buffer.from(path, 'latin1')
    this.#step(FILE, [bytes.length], bytes)
  }

  content(offset: number, length: number): void {
    if (this.#content && this.#content.offset + this.#content.length === offset) this.#content.length += length
    else {
      this.#endContent()
      this.#content = {offset, length}
    }
  }

  finish(): void {
    this.#endContent()
    this.#flush()
    this[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #endContent(): void {
    if (this.#content) this.#step(CONTENT, [this.#content.offset, this.#content.length])
    this.#content = undefined
  }

  #step(kind: number, numbers: readonly number[], bytes?: Buffer): void {
    if (this.#used + 1 + numbers.length * MAX_NUMBER_BYTES + (bytes?.length ?? 0) > BLOCK_BYTES) this.#flush()
    this.#buffer[this.#used++] = kind
    for (const value of numbers) this.#number(value)
    if (bytes) this.#used += bytes.copy(this.#buffer, this.#used)
  }

  #number(value: number): void {
    let rest = value
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#buffer[this.#used++] = (rest % 128) | 128
    this.#buffer[this.#used++] = rest
  }

  #flush(): void {
    if (this.#used === 0 || this.#descriptor === undefined) return
    const frame = zstdCompressSync(this.#buffer.subarray(0, this.#used), {
      params: {[constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1},
    })
    const block = Buffer.alloc(4 + frame.length)
    block.writeUInt32LE(frame.length)
    frame.copy(block, 4)
    for (let written = 0; written < block.length; ) written += writeSync(this.#descriptor, block, written)
    this.#used = 0
  }
}

/** @throws ERR_RECORD_CORRUPT */
export function* readTarRecord(path: string): Generator<RecordStep> {
  const descriptor = openSync(path, 'r')
  try {
    const size = fstatSync(descriptor).size
    for (let at = 0; at < size; ) {
      const length = readExactly(descriptor, 4, at, path).readUInt32LE()
      if (at + 4 + length > size) throw new EngineError('ERR_RECORD_CORRUPT', path)
      yield* stepsOf(decompressBlock(readExactly(descriptor, length, at + 4, path), path), path)
      at += 4 + length
    }
  } finally {
    closeSync(descriptor)
  }
}

function* stepsOf(block: Buffer, path: string): Generator<RecordStep> {
  let at = 0
  const number = () => {
    let [value, scale] = [0, 1]
    for (;;) {
      const byte = block[at++]
      if (byte === undefined) throw new EngineError('ERR_RECORD_CORRUPT', path)
      value += (byte & 127) * scale
      if (byte < 128) return value
      scale *= 128
    }
  }
  const bytes = (length: number) => {
    if (at + length > block.length) throw new EngineError('ERR_RECORD_CORRUPT', path)
    at += length
    return block.subarray(at - length, at)
  }
  while (at < block.length) {
    const kind = block[at++]
    if (kind === STRUCTURE) yield {kind: 'structure', bytes: bytes(number())}
    else if (kind === FILE) yield {kind: 'file', path: bytes(number()).toString('latin1')}
    else if (kind === CONTENT) yield {kind: 'content', offset: number(), length: number()}
    else throw new EngineError('ERR_RECORD_CORRUPT', path)
  }
}

function decompressBlock(frame: Buffer, path: string): Buffer {
  try {
    return zstdDecompressSync(frame, {maxOutputLength: MAX_BLOCK_BYTES})
  } catch (cause) {
    throw new EngineError('ERR_RECORD_CORRUPT', path, {cause})
  }
}

function readExactly(descriptor: number, length: number, position: number, path: string): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  if (readSync(descriptor, buffer, 0, length, position) !== length) throw new EngineError('ERR_RECORD_CORRUPT', path)
  return buffer
}
