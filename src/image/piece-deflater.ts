import {createDeflateRaw, constants as zlib} from 'node:zlib'
import {letGo} from '../../storage/index.ts'
import {isIncompressible, STORED_OVERHEAD, storeBlocks} from './stored-blocks.ts'

const PIECE_BYTES = 256 * 1024
/** What does not shrink grows: by less than this. */
const OUTPUT_BYTES = PIECE_BYTES + PIECE_BYTES / 64 + STORED_OVERHEAD
const CHUNK_BYTES = 64 * 1024

/**
 * Compresses one piece after the other, each so that it can be read without those before it: pieces of several of these
 * make one deflate stream. It keeps its memory from piece to piece. What is made anew for each is garbage that V8 does
 * not see the size of until it has marked the whole heap.
 */
export class PieceDeflater implements Disposable {
  readonly #stream
  readonly #piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
  readonly #output = Buffer.allocUnsafeSlow(OUTPUT_BYTES)
  #used = 0
  #made = 0

  constructor(level: number) {
    this.#stream = createDeflateRaw({level, flush: zlib.Z_FULL_FLUSH, chunkSize: CHUNK_BYTES})
    // `deflate` tells
    this.#stream.on('error', () => {})
    this.#stream.on('data', (chunk: Buffer) => {
      this.#made += chunk.copy(this.#output, this.#made)
      letGo(chunk)
    })
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

  /**
   * The compressed piece, there until the next is compressed. It ends at a byte, without the mark of a last block. Nothing may
   * be taken until it is there.
   */
  deflate(): Promise<Buffer> {
    const piece = this.#piece.subarray(0, this.#used)
    this.#used = 0
    this.#made = 0
    if (isIncompressible(piece)) return Promise.resolve(storeBlocks(piece, this.#output))
    const deflated = new Promise<Buffer>((resolve, reject) => {
      this.#stream.write(piece, (error) => {
        while (this.#stream.readableLength > 0) this.#stream.read()
        if (error) reject(error)
        else resolve(this.#output.subarray(0, this.#made))
      })
    })
    // nobody waits for it any more when the reader leaves
    deflated.catch(() => {})
    return deflated
  }

  [Symbol.dispose](): void {
    this.#stream.destroy()
  }
}
