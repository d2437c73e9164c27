import {Writable} from 'node:stream'

const LIMIT_BYTES = 1 << 16

/** Keeps the first 64 KiB of what a process prints. */
export class CappedOutput extends Writable {
  readonly #chunks: Buffer[] = []
  #bytes = 0

  get text(): string {
    return Buffer.concat(this.#chunks).toString().slice(0, LIMIT_BYTES)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#bytes < LIMIT_BYTES) this.#chunks.push(Buffer.from(chunk))
    this.#bytes += chunk.length
    done()
  }
}
