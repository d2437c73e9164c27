import {fstatSync, readSync} from 'node:fs'
import {parseLogLine} from './k8s-line.ts'

const BLOCK_BYTES = 64 * 1024
const NEWLINE = 0x0a

/**
 * Where the last `count` whole lines of a k8s-file log begin, read from the end: a line of the container may lie in
 * several partial pieces. A last line without its end counts as one.
 */
export function tailOffset(descriptor: number, count: number): number {
  const size = fstatSync(descriptor).size
  if (count <= 0) return size
  let found = 0
  let lineStart = size
  for (const {start, line} of linesFromEnd(descriptor, size)) {
    const piece = parseLogLine(line)
    if (!piece) continue
    const endsALine = !piece.partial || lineStart === size
    if (endsALine && found++ === count) return lineStart
    lineStart = start
  }
  return 0
}

/** The file's lines, last first, with their offsets. */
function* linesFromEnd(descriptor: number, size: number): Generator<{start: number; line: Buffer}> {
  let rest = Buffer.alloc(0)
  for (let blockStart = size; blockStart > 0; ) {
    const length = Math.min(BLOCK_BYTES, blockStart)
    blockStart -= length
    const block = Buffer.allocUnsafe(length)
    readSync(descriptor, block, 0, length, blockStart)
    let bytes = Buffer.concat([block, rest])
    if (bytes.at(-1) === NEWLINE && rest.length === 0) bytes = bytes.subarray(0, -1)
    for (let end = bytes.lastIndexOf(NEWLINE); end >= 0; end = bytes.lastIndexOf(NEWLINE)) {
      yield {start: blockStart + end + 1, line: bytes.subarray(end + 1)}
      bytes = bytes.subarray(0, end)
      if (bytes.length === 0) break
    }
    rest = Buffer.concat([bytes])
  }
  if (rest.length > 0) yield {start: 0, line: rest}
}
