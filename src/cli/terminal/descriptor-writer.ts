import {write} from 'node:fs'
import {Writable} from 'node:stream'
import {isErrno} from '../../errors/index.ts'
import {outputError} from '../output.ts'

/**
 * A stream to an open descriptor, bytes untouched. Unlike `process.stdout` a slow reader never blocks the program: input
 * and signals keep flowing while the reader makes up its mind.
 */
export class DescriptorWriter extends Writable {
  readonly #descriptor: number

  constructor(descriptor: number) {
    super({highWaterMark: 256 * 1024})
    this.#descriptor = descriptor
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#writeAll(chunk, done)
  }

  override _writev(chunks: {chunk: Buffer}[], done: (error?: Error | null) => void): void {
    this.#writeAll(Buffer.concat(chunks.map(({chunk}) => chunk)), done)
  }

  #writeAll(bytes: Buffer, done: (error?: Error | null) => void): void {
    write(this.#descriptor, bytes, (error, written) => {
      // Somebody who shares the pipe or terminal made it non-blocking.
      if (isErrno(error, 'EAGAIN')) setTimeout(() => this.#writeAll(bytes, done), 5)
      else if (error) done(outputError(error, this.#descriptor))
      else if (written < bytes.length) this.#writeAll(bytes.subarray(written), done)
      else done()
    })
  }
}
