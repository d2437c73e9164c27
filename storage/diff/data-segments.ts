import {isErrno} from '../../src/errors/index.ts'
import {syscall} from '../../src/host/index.ts'
import type {Segment} from '../tar/tar-entry.ts'

const SEEK_DATA = 3
const SEEK_HOLE = 4

/** Where an open file holds data, from its start to `size`. @see lseek(2) */
export function dataSegments(descriptor: number, size: number): Segment[] {
  const segments: Segment[] = []
  for (let at = 0; at < size; ) {
    const start = seek(descriptor, at, SEEK_DATA)
    if (start === undefined || start >= size) break
    const end = Math.min(seek(descriptor, start, SEEK_HOLE) ?? size, size)
    segments.push({offset: start, length: end - start})
    at = end
  }
  return segments
}

/** Undefined when there is no more of it. */
function seek(descriptor: number, offset: number, whence: number): number | undefined {
  try {
    return syscall('long lseek(int fd, long offset, int whence)', descriptor, offset, whence)
  } catch (error) {
    if (isErrno(error, 'ENXIO')) return undefined
    throw error
  }
}
