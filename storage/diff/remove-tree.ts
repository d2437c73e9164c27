import {closeSync, readdirSync} from 'node:fs'
import {isErrno} from '../../src/errors/index.ts'
import {type ByteString, openAt, openFlags, rmdirAt, unlinkAt} from '../../src/host/index.ts'

const OPEN = openFlags.readOnly | openFlags.directory | openFlags.noFollow

/** Removes an entry of an open directory with all below it; follows no link. A missing one is success. */
export function removeTreeAt(directory: number, name: ByteString): void {
  try {
    unlinkAt(directory, name)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return
    if (!isErrno(error, 'EISDIR', 'EPERM')) throw error
    removeDirectoryAt(directory, name)
  }
}

function removeDirectoryAt(directory: number, name: ByteString): void {
  const below = openAt(directory, name, OPEN)
  try {
    for (const entry of namesIn(below)) removeTreeAt(below, entry)
  } finally {
    closeSync(below)
  }
  rmdirAt(directory, name)
}

/** The entries of an open directory, in no order. */
export function namesIn(directory: number): ByteString[] {
  return readdirSync(`/proc/self/fd/${directory}`, 'latin1')
}
