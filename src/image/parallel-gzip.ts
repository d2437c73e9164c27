import {availableParallelism} from 'node:os'
import {crc32} from 'node:zlib'
import {PieceDeflater} from './piece-deflater.ts'

/** No time, no name: the same bytes always give the same blob. @see RFC 1952 */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
/** An empty deflate block that is the last. */
const LAST_BLOCK = Buffer.from([3, 0])
/** As many threads as Node has for such work. */
const MOST_THREADS = 4

/**
 * gzip on all processors: the bytes are cut into pieces that are compressed at the same time and put together to a single
 * member. A layer is one stream, and zlib alone would use one processor for it. A chunk, in and out, is its reader's only
 * until it asks for the next.
 */
export async function* gzipInParallel(source: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  using ring = new DeflaterRing(level)
  let [checksum, sizeBytes] = [0, 0]
  yield HEADER
  for await (const chunk of source) {
    checksum = crc32(chunk, checksum)
    sizeBytes += chunk.length
    for (let done = 0; done < chunk.length; ) {
      done += ring.current.take(chunk, done)
      if (!ring.current.isFull) continue
      const oldest = ring.advance()
      if (oldest) yield await oldest
    }
  }
  for (const piece of ring.finish()) yield await piece
  yield Buffer.concat([LAST_BLOCK, trailer(checksum, sizeBytes)])
}

/** One compressor more than run at a time: it is filled meanwhile. */
class DeflaterRing implements Disposable {
  readonly #deflaters: readonly PieceDeflater[]
  readonly #running: Promise<Buffer>[] = []
  #index = 0

  constructor(level: number) {
    const count = Math.min(availableParallelism(), MOST_THREADS) + 1
    this.#deflaters = Array.from({length: count}, () => new PieceDeflater(level))
  }

  get current(): PieceDeflater {
    return this.#deflaters[this.#index] as PieceDeflater
  }

  /** Compresses the current piece. What the next one is doing is returned, and has to be awaited before it is filled. */
  advance(): Promise<Buffer> | undefined {
    this.#running.push(this.current.deflate())
    this.#index = (this.#index + 1) % this.#deflaters.length
    return this.#running.length === this.#deflaters.length ? this.#running.shift() : undefined
  }

  /** What is still to come, in order. */
  finish(): readonly Promise<Buffer>[] {
    if (!this.current.isEmpty) this.#running.push(this.current.deflate())
    return this.#running
  }

  [Symbol.dispose](): void {
    for (const deflater of this.#deflaters) deflater[Symbol.dispose]()
  }
}

function trailer(checksum: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(checksum, 0)
  bytes.writeUInt32LE(sizeBytes % 2 ** 32, 4)
  return bytes
}
