import {createHash, type Hash} from 'node:crypto'
import type {Digest} from '../src/oci/types/image-spec.ts'

/** Counts and hashes what passes. */
export class Measure {
  sizeBytes = 0
  readonly #hash: Hash = createHash('sha256')

  add(chunk: Uint8Array): void {
    this.sizeBytes += chunk.length
    this.#hash.update(chunk)
  }

  /** When nothing more comes. */
  digest(): Digest {
    return `sha256:${this.#hash.digest('hex')}`
  }

  async *passing(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.add(chunk)
      yield chunk
    }
  }
}
