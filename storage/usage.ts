import {closeSync, openSync, readdirSync} from 'node:fs'
import {isErrno} from '../src/errors/index.ts'
import {type ByteString, openAt, openFlags, statAt} from '../src/host/index.ts'
import type {Usage} from './snapshotter.ts'

const TYPE = 0o170000
const DIRECTORY = 0o040000
const OPEN_DIRECTORY = openFlags.readOnly | openFlags.directory | openFlags.noFollow

/** What the tree takes on disk, as du(1) counts: blocks, each inode once. What vanishes meanwhile does not count. */
export function measure(path: string): Usage {
  const seen = new Set<string>()
  let [bytes, inodes] = [0, 0]
  const visit = (directory: number, name: ByteString): boolean => {
    const status = statAt(directory, name)
    if (status.nlink > 1 && (status.mode & TYPE) !== DIRECTORY) {
      const identity = `${status.device}/${status.inode}`
      if (seen.has(identity)) return false
      seen.add(identity)
    }
    bytes += status.blocks * 512
    inodes++
    return (status.mode & TYPE) === DIRECTORY
  }
  const root = openSync(path, OPEN_DIRECTORY)
  try {
    visit(root, '')
    walk(root, visit)
  } finally {
    closeSync(root)
  }
  return {bytes, inodes}
}

function walk(directory: number, visit: (directory: number, name: ByteString) => boolean): void {
  for (const name of readdirSync(`/proc/self/fd/${directory}`, 'latin1')) {
    try {
      if (!visit(directory, name)) continue
      const below = openAt(directory, name, OPEN_DIRECTORY)
      try {
        walk(below, visit)
      } finally {
        closeSync(below)
      }
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error
    }
  }
}
