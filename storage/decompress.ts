import type {Transform} from 'node:stream'
import {createGunzip, createZstdDecompress} from 'node:zlib'
import {EngineError} from '../src/errors/index.ts'
import {filter} from '../src/host/index.ts'
import {feed, lent} from './lent-chunks.ts'
import {through} from './through.ts'
import {ZstdFrames} from './zstd-frames.ts'

type Chunks = AsyncIterable<Buffer>

const CHUNK = 128 * 1024
/** The decompressor works in a thread of its own: it may be some chunks ahead. */
const options = {chunkSize: CHUNK, readableHighWaterMark: 4 * CHUNK}
/** As many bytes as the longest magic number has. */
const MAGIC_LENGTH = 6

export type Compression = 'gzip' | 'zstd' | 'xz' | 'bzip2'

/** The compression that starts with these bytes; undefined for none that we know. */
export function compressionOf(head: Uint8Array): Compression | undefined {
  const starts = (...bytes: readonly number[]) => bytes.every((byte, index) => head[index] === byte)
  if (starts(0x1f, 0x8b)) return 'gzip'
  // a zstd frame, or one that is to be skipped (zstd:chunked puts its table of contents there)
  if (starts(0x28, 0xb5, 0x2f, 0xfd) || (starts(head[0] ?? 0, 0x2a, 0x4d, 0x18) && ((head[0] ?? 0) & 0xf0) === 0x50))
    return 'zstd'
  if (starts(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz'
  if (starts(0x42, 0x5a, 0x68)) return 'bzip2'
  return undefined
}

export interface Decompressed {
  /** Undefined when the source is not compressed, or not in a way that we know. */
  readonly compression: Compression | undefined
  readonly chunks: Chunks
}

/**
 * The bytes of `source`, decompressed when they are compressed: the first bytes tell. A chunk, of the source as of the result,
 * is its reader's only until it asks for the next. The result fails with ERR_ARCHIVE_INVALID when the bytes are damaged or
 * end early, ERR_PROGRAM_MISSING without xz or bzip2.
 */
export async function openDecompressed(source: Chunks): Promise<Decompressed> {
  const iterator = source[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  while (head.length < MAGIC_LENGTH) {
    const {value, done} = await iterator.next()
    if (done) break
    // it lives only until the next is asked for
    head = head.length + value.length < MAGIC_LENGTH || head.length > 0 ? Buffer.concat([head, value]) : value
  }
  const compression = compressionOf(head)
  return {compression, chunks: chunksOf(new Prepended(head, iterator), compression)}
}

function chunksOf(whole: Prepended, compression: Compression | undefined): Chunks {
  if (!compression) return whole.chunks()
  if (compression === 'gzip') return decompressed(whole, whole.chunks(), createGunzip(options), compression)
  if (compression === 'zstd') return throughZstd(whole)
  return throughProgram(whole, compression)
}

/** A source whose first bytes were looked at; remembers when it was the source that failed. */
class Prepended {
  failure: unknown
  readonly #head: Buffer
  readonly #rest: AsyncIterator<Buffer>

  constructor(head: Buffer, rest: AsyncIterator<Buffer>) {
    this.#head = head
    this.#rest = rest
  }

  async *chunks(): Chunks {
    try {
      if (this.#head.length > 0) yield this.#head
      for (;;) {
        const {value, done} = await this.#rest.next()
        if (done) return
        yield value
      }
    } catch (error) {
      this.failure = error
      throw error
    } finally {
      await this.#rest.return?.()
    }
  }
}

async function* throughZstd(source: Prepended): Chunks {
  for await (const frame of new ZstdFrames(source.chunks()).frames())
    yield* decompressed(source, frame, createZstdDecompress(options), 'zstd')
}

async function* decompressed(
  source: Prepended,
  chunks: Chunks,
  decompressor: Transform,
  compression: Compression,
): Chunks {
  try {
    yield* through(chunks, decompressor)
  } catch (cause) {
    if (source.failure) throw source.failure
    if (cause instanceof EngineError) throw cause
    throw new EngineError('ERR_ARCHIVE_INVALID', `cannot decompress ${compression}: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function* throughProgram(source: Prepended, program: 'xz' | 'bzip2'): Chunks {
  const {input, output, ended, kill} = filter(program, ['-dc'])
  ended.catch(() => {})
  const feeding = feed(source.chunks(), input)
  feeding.catch(() => {})
  try {
    yield* lent(output)
    await ended
    await feeding
  } catch (cause) {
    if (source.failure) throw source.failure
    if (cause instanceof EngineError && cause.code === 'ERR_PROGRAM_MISSING') throw cause
    throw new EngineError('ERR_ARCHIVE_INVALID', `cannot decompress ${program}: ${(cause as Error).message}`, {cause})
  } finally {
    kill()
  }
}
