import type {Readable} from 'node:stream'
import {FileRangeStream} from '../../../storage/index.ts'

/** A part of an open file as a stream; it never closes the descriptor, which several streams share. */
export function readRange(descriptor: number, start: number, size: number): Readable {
  return new FileRangeStream(descriptor, start, size)
}
