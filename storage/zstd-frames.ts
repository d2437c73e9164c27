import {EngineError} from '../src/errors/index.ts'

/** The most bytes of a frame header, with its magic number; a block header has 3. @see RFC 8878, 3.1.1 */
const BLOCK_HEADER = 3
const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50

/**
 * Cuts a zstd stream into its frames: Node's decompressor stops after the first frame in a chunk and drops the rest of
 * it, while images are pushed with a frame per file (zstd:chunked) and skippable frames behind.
 */
export class ZstdFrames {
  readonly #source: AsyncIterator<Buffer>
  #buffer: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Each data frame, as its bytes. One must be read to its end before the next is asked for. */
  async *frames(): AsyncIterable<AsyncIterable<Buffer>> {
    try {
      while (await this.#has(4)) {
        const magic = this.#buffer.readUInt32LE(0)
        if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) await this.#skipFrame()
        else if (magic === MAGIC) yield this.#frame()
        else throw invalid('unknown frame')
      }
      if (this.#buffer.length > 0) throw invalid('unexpected end')
    } finally {
      await this.#source.return?.()
    }
  }

  async *#frame(): AsyncIterable<Buffer> {
    await this.#need(5)
    const descriptor = this.#buffer[4] ?? 0
    yield this.#take(await this.#need(5 + headerSize(descriptor)))
    for (let last = false; !last; ) {
      await this.#need(BLOCK_HEADER)
      const header = this.#buffer.readUIntLE(0, BLOCK_HEADER)
      last = (header & 1) === 1
      yield* this.#pass(BLOCK_HEADER + blockSize(header))
    }
    if (descriptor & 4) yield this.#take(await this.#need(4))
  }

  async #skipFrame(): Promise<void> {
    await this.#need(8)
    const size = 8 + this.#buffer.readUInt32LE(4)
    for await (const _ of this.#pass(size));
  }

  /** The next `size` bytes, in whatever pieces they come. */
  async *#pass(size: number): AsyncIterable<Buffer> {
    for (let left = size; left > 0; ) {
      await this.#need(1)
      const piece = this.#take(Math.min(left, this.#buffer.length))
      left -= piece.length
      yield piece
    }
  }

  #take(size: number): Buffer {
    const taken = this.#buffer.subarray(0, size)
    this.#buffer = this.#buffer.subarray(size)
    return taken
  }

  async #need(size: number): Promise<number> {
    if (!(await this.#has(size))) throw invalid('unexpected end')
    return size
  }

  async #has(size: number): Promise<boolean> {
    while (this.#buffer.length < size) {
      // what is left lives only until more is asked for
      this.#buffer = Buffer.from(this.#buffer)
      const {value, done} = await this.#source.next()
      if (done) return false
      this.#buffer = this.#buffer.length === 0 ? value : Buffer.concat([this.#buffer, value])
    }
    return true
  }
}

/** Bytes of the frame header after magic number and descriptor. */
function headerSize(descriptor: number): number {
  const singleSegment = (descriptor & 0x20) !== 0
  const dictionaryID = [0, 1, 2, 4][descriptor & 3] ?? 0
  const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  return (singleSegment ? 0 : 1) + dictionaryID + contentSize
}

function blockSize(header: number): number {
  const type = (header >> 1) & 3
  if (type === 3) throw invalid('reserved block type')
  return type === 1 ? 1 : header >>> 3
}

function invalid(reason: string): EngineError {
  return new EngineError('ERR_ARCHIVE_INVALID', `cannot decompress zstd: ${reason}`)
}
