import {writeSync} from 'node:fs'
import {isErrno} from '../errors/index.ts'

/** The reader of our output is gone: the program ends silently, as SIGPIPE would end a C program. */
export class BrokenPipeError extends Error {}

/** Writes text or bytes to stdout as they are. @throws BrokenPipeError */
export function writeOut(chunk: string | Uint8Array): void {
  writeFully(1, chunk)
}

/** Writes text or bytes to stderr as they are; a closed stderr is ignored. */
export function writeErr(chunk: string | Uint8Array): void {
  try {
    writeFully(2, chunk)
  } catch (error) {
    if (!(error instanceof BrokenPipeError)) throw error
  }
}

const NAMES = new Map([
  [1, '/dev/stdout'],
  [2, '/dev/stderr'],
])

/** The failure of a write to one of our own streams, which it names. */
export function outputError(error: Error, descriptor: number): Error {
  return isErrno(error, 'EPIPE') ? new BrokenPipeError() : Object.assign(error, {path: NAMES.get(descriptor)})
}

/**
 * Straight to the descriptor: opening `process.stdout` costs more than most commands' whole output, and a process
 * that exits right afterwards may lose what a stream still holds.
 */
function writeFully(descriptor: number, chunk: string | Uint8Array): void {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  for (let written = 0; written < bytes.length; ) written += writeSome(descriptor, bytes, written)
}

function writeSome(descriptor: number, bytes: Uint8Array, offset: number): number {
  try {
    return writeSync(descriptor, bytes, offset)
  } catch (error) {
    if (!isErrno(error, 'EAGAIN')) throw outputError(error as Error, descriptor)
    // Another process made the shared pipe or terminal non-blocking; wait for its reader.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    return 0
  }
}
