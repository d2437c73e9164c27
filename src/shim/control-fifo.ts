import {closeSync, constants, openSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'

const RESIZE = 1
const REOPEN_LOGS = 2

/** Tells the shim a terminal's new size. A shim that is gone needs no size. */
export function resizeTerminal(bundle: string, size: {readonly columns: number; readonly rows: number}): void {
  send(bundle, RESIZE, size.rows, size.columns)
}

/** Has the shim open its log file anew, after somebody moved it away. */
export function reopenLogs(bundle: string): void {
  send(bundle, REOPEN_LOGS, 0, 0)
}

function send(bundle: string, kind: number, first: number, second: number): void {
  let descriptor: number
  try {
    // Without a reader this fails at once instead of waiting for one.
    descriptor = openSync(join(bundle, 'ctl'), constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error) {
    if (isErrno(error, 'ENXIO', 'ENOENT')) return
    throw error
  }
  try {
    writeSync(descriptor, `${kind} ${first} ${second}\n`)
  } finally {
    closeSync(descriptor)
  }
}
