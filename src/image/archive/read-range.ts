import {read} from 'node:fs'
import {Readable} from 'node:stream'
import {promisify} from 'node:util'
import {EngineError} from '../../errors/index.ts'

const CHUNK = 256 * 1024
const readAsync = promisify(read)

/**
 * A part of an open file as a stream. Unlike a ReadStream it never closes the descriptor, which several streams share:
 * a ReadStream does when it is destroyed, whatever `autoClose` says.
 */
export function readRange(descriptor: number, start: number, size: number): Readable {
  return Readable.from(chunks(descriptor, start, size), {objectMode: false, highWaterMark: CHUNK})
}

async function* chunks(descriptor: number, start: number, size: number): AsyncGenerator<Buffer> {
  for (let done = 0; done < size; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - done))
    const {bytesRead} = await readAsync(descriptor, buffer, 0, buffer.length, start + done)
    if (bytesRead === 0) throw new EngineError('ERR_ARCHIVE_INVALID', 'archive is cut short')
    done += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
