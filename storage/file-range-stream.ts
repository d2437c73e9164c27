import {read, readSync} from 'node:fs'
import {Readable} from 'node:stream'
import {EngineError} from '../src/errors/index.ts'
import {compressionOf} from './decompress.ts'

const CHUNK = 64 * 1024
const DIRECT_CHUNK = 256 * 1024

/**
 * A part of an open file as a stream. It never closes the descriptor, which several streams may share: a ReadStream
 * does when it is destroyed, whatever `autoClose` says. `LayerStore.apply` reads it without the stream, through one buffer.
 * Fails with ERR_ARCHIVE_INVALID when the file is shorter.
 */
export class FileRangeStream extends Readable {
  readonly #descriptor: number
  readonly #end: number
  #position: number

  constructor(descriptor: number, start: number, sizeBytes: number) {
    super({highWaterMark: 4 * CHUNK})
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

  /** The same bytes in buffers that are the reader's only until it asks for the next. Not together with other reading. */
  async *direct(): AsyncGenerator<Buffer> {
    let buffer = Buffer.allocUnsafeSlow(DIRECT_CHUNK)
    let isCompressed: boolean | undefined
    while (this.#position < this.#end) {
      if (this.destroyed) throw this.errored ?? new Error('the stream was destroyed')
      const wanted = Math.min(buffer.length, this.#end - this.#position)
      const count = readSync(this.#descriptor, buffer, 0, wanted, this.#position)
      if (count === 0) throw cutShort()
      this.#position += count
      isCompressed ??= compressionOf(buffer) !== undefined
      yield buffer.subarray(0, count)
      // a decompressor works in another thread, and may still read this one
      if (isCompressed) buffer = Buffer.allocUnsafeSlow(CHUNK)
      else await new Promise(setImmediate)
    }
  }
}

function cutShort(): EngineError {
  return new EngineError('ERR_ARCHIVE_INVALID', 'archive is cut short')
}
