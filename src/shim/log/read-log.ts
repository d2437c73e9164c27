import {closeSync, fstatSync, openSync, readSync, statSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'
import {FileChange} from './file-change.ts'
import {type LogPiece, parseLogLine} from './k8s-line.ts'
import {tailOffset} from './tail-offset.ts'

const CHUNK_BYTES = 256 * 1024
const NEWLINE = 0x0a

export interface ReadLogOptions {
  /** Whole lines from the end; undefined all. */
  readonly tail?: number
  /** Goes on with what is written, until `ended` says that nothing more comes, or `signal`. */
  readonly follow?: boolean
  /** Asked when the file's end is reached; true once the writer is gone. */
  readonly ended?: () => boolean
  readonly signal?: AbortSignal
}

/**
 * The pieces of a k8s-file log in the order written. A log that is rotated meanwhile (conmon renames a new file over it) is
 * followed into the new one. No file yet is an empty log.
 */
export async function* readLog(path: string, options: ReadLogOptions = {}): AsyncGenerator<LogPiece> {
  using change = options.follow ? new FileChange(path) : undefined
  let log = openLog(path)
  try {
    if (log && options.tail !== undefined) log.offset = tailOffset(log.descriptor, options.tail)
    for (;;) {
      // Asked before reading: what was written before the end is then still read.
      const last = !options.follow || options.signal?.aborted || (options.ended?.() ?? false)
      if (log) yield* readPieces(log)
      const next = log && isReplaced(path, log) ? openLog(path) : undefined
      if (next) {
        closeSync((log as OpenLog).descriptor)
        log = next
      } else if (last) return
      else await change?.next(options.signal)
      log ??= openLog(path)
    }
  } finally {
    if (log) closeSync(log.descriptor)
  }
}

interface OpenLog {
  readonly descriptor: number
  readonly inode: bigint
  offset: number
  /** The begin of a line whose end is not written yet. */
  pending: Buffer
}

function openLog(path: string): OpenLog | undefined {
  try {
    const descriptor = openSync(path, 'r')
    return {descriptor, inode: fstatSync(descriptor, {bigint: true}).ino, offset: 0, pending: Buffer.alloc(0)}
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

function isReplaced(path: string, log: OpenLog): boolean {
  const now = statSync(path, {bigint: true, throwIfNoEntry: false})
  return now !== undefined && now.ino !== log.inode
}

function* readPieces(log: OpenLog): Generator<LogPiece> {
  for (;;) {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    const length = readSync(log.descriptor, buffer, 0, CHUNK_BYTES, log.offset)
    if (length === 0) return
    log.offset += length
    yield* splitPieces(log, Buffer.concat([log.pending, buffer.subarray(0, length)]))
  }
}

function* splitPieces(log: OpenLog, bytes: Buffer): Generator<LogPiece> {
  let start = 0
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const piece = parseLogLine(bytes.subarray(start, end))
    if (piece) yield piece
    start = end + 1
  }
  log.pending = bytes.subarray(start)
}
