import {close, read, readSync} from 'node:fs'
import {EngineError} from '../src/errors/index.ts'
import {DirectReadable} from './direct-readable.ts'

const CHUNK = 64 * 1024
const DIRECT_CHUNK = 256 * 1024

/**
 * A part of an open file as a stream. It does not close the descriptor unless told to, because several streams may share it: a
 * ReadStream does when it is destroyed, whatever `autoClose` says. `LayerStore.apply` reads it without the stream.
 * Fails with ERR_ARCHIVE_INVALID when the file is shorter.
 */
export class FileRangeStream extends DirectReadable {
  readonly #descriptor: number
  readonly #end: number
  readonly #isOwn: boolean
  #position: number

  /** @param options.isOwn close the descriptor in the end */
  constructor(descriptor: number, start: number, sizeBytes: number, options: {readonly isOwn?: boolean} = {}) {
    super({highWaterMark: 4 * CHUNK})
    this.#isOwn = options.isOwn ?? false
    this.#descriptor = descriptor
    this.#position = start
    this.#end = start + sizeBytes
  }

  override _read(): void {
    if (this.#position >= this.#end) {
      this.push(null)
      return
    }
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, this.#end - this.#position))
    read(this.#descriptor, buffer, 0, buffer.length, this.#position, (error, count) => {
      if (error) this.destroy(error)
      else if (count === 0) this.destroy(cutShort())
      else {
        this.#position += count
        this.push(buffer.subarray(0, count))
      }
    })
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#isOwn) close(this.#descriptor, () => done(error))
    else done(error)
  }

  async *direct(): AsyncGenerator<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(DIRECT_CHUNK)
    while (this.#position < this.#end) {
      if (this.destroyed) throw this.errored ?? new Error('the stream was destroyed')
      const wanted = Math.min(buffer.length, this.#end - this.#position)
      const count = readSync(this.#descriptor, buffer, 0, wanted, this.#position)
      if (count === 0) throw cutShort()
      this.#position += count
      yield buffer.subarray(0, count)
      await new Promise(setImmediate)
    }
  }
}

function cutShort(): EngineError {
  return new EngineError('ERR_ARCHIVE_INVALID', 'archive is cut short')
}
