import {createDeflateRaw, constants as zlib} from 'node:zlib'
import {isIncompressible, storedBlocks} from './stored-blocks.ts'

const PIECE_BYTES = 256 * 1024
const CHUNK_BYTES = 128 * 1024

/**
 * Compresses one piece after the other, each so that it can be read without those before it: pieces of several of these
 * make one deflate stream. It keeps its memory from piece to piece. What is made anew for each is garbage that V8 does
 * not see the size of until it has marked the whole heap, some twenty times in a push of 130 MB.
 */
export class PieceDeflater implements Disposable {
  readonly #stream
  readonly #piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
  #used = 0

  constructor(level: number) {
    // Nobody reads meanwhile, and a piece that does not shrink is a little longer than it was
    const room = {highWaterMark: 2 * PIECE_BYTES}
    this.#stream = createDeflateRaw({level, flush: zlib.Z_FULL_FLUSH, chunkSize: CHUNK_BYTES, ...room})
    // `deflate` tells
    this.#stream.on('error', () => {})
  }

  get isFull(): boolean {
    return this.#used === PIECE_BYTES
  }

  get isEmpty(): boolean {
    return this.#used === 0
  }

  /** Copies what still fits of `chunk` from `start` on. @returns how much that was */
  take(chunk: Buffer, start: number): number {
    const count = chunk.copy(this.#piece, this.#used, start)
    this.#used += count
    return count
  }

  /** The compressed piece. It ends at a byte, without the mark of a last block. Nothing may be taken until it is there. */
  deflate(): Promise<Buffer> {
    const piece = this.#piece.subarray(0, this.#used)
    this.#used = 0
    if (isIncompressible(piece)) return Promise.resolve(storedBlocks(piece))
    const deflated = new Promise<Buffer>((resolve, reject) => {
      this.#stream.write(piece, (error) => (error ? reject(error) : resolve(this.#stream.read() as Buffer)))
    })
    // nobody waits for it any more when the reader leaves
    deflated.catch(() => {})
    return deflated
  }

  [Symbol.dispose](): void {
    this.#stream.destroy()
  }
}
