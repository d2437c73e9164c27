import {closeSync} from 'node:fs'
import {isErrno} from '../../src/errors/index.ts'
import {type ByteString, openFlags, openInRoot, setTimes, type Timestamp} from '../../src/host/index.ts'

const OPEN_DIRECTORY = openFlags.readOnly | openFlags.directory | openFlags.noFollow

/** The times of directories, which only hold once nothing more is placed in them. */
export class DirectoryTimes {
  readonly #times = new Map<ByteString, Timestamp>()

  set(path: ByteString, time: Timestamp): void {
    this.#times.set(path, time)
  }

  /** Forgets a directory that is gone, and all below it. */
  deleteTree(path: ByteString): void {
    for (const other of this.#times.keys())
      if (other === path || other.startsWith(`${path}/`)) this.#times.delete(other)
  }

  apply(root: number): void {
    for (const [path, time] of this.#times) setTime(root, path, time)
  }
}

function setTime(root: number, path: ByteString, time: Timestamp): void {
  if (path === '') {
    setTimes(root, time)
    return
  }
  const descriptor = openIfThere(root, path)
  if (descriptor === undefined) return
  try {
    setTimes(descriptor, time)
  } finally {
    closeSync(descriptor)
  }
}

/** A container may change the tree that is unpacked into. */
function openIfThere(root: number, path: ByteString): number | undefined {
  try {
    return openInRoot(root, path, OPEN_DIRECTORY)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}
