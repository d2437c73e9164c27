import {closeSync, openSync} from 'node:fs'
import {isErrno} from '../../src/errors/index.ts'
import {type ByteString, type FileStatus, getXattrAt, openAt, openFlags, statAt} from '../../src/host/index.ts'
import type {DiffEntry} from '../layer-store.ts'
import type {WhiteoutForm} from '../snapshotter.ts'
import {joinPath} from './entry-path.ts'
import {isOpaque, isWhiteout, MergedDirectory} from './merged-directory.ts'
import {namesIn} from './remove-tree.ts'

const TYPE = 0o170000
const DIRECTORY = 0o040000
const SOCKET = 0o140000
const OPEN = openFlags.readOnly | openFlags.directory | openFlags.noFollow

export interface Change {
  /** Below the root, without a leading slash; '' is the root itself. */
  readonly path: ByteString
  readonly kind: DiffEntry['kind']
  /** What is there now, when that is no directory. */
  readonly file?: FileStatus
}

export interface ChangeSource {
  /** What a container wrote (overlay form), or its whole tree (applied). */
  readonly upper: string
  /** What it lies on, nearest first; one whole tree for the applied form. */
  readonly lowers: readonly string[]
  readonly form: WhiteoutForm
}

/**
 * What `upper` changes, a directory before what is in it. A directory counts as changed when something in it did, or
 * when its own attributes differ, as in podman's diff.
 */
export function findChanges(source: ChangeSource): Change[] {
  using below = MergedDirectory.open(source.lowers)
  const root = openSync(source.upper, OPEN)
  try {
    const isWhole = source.form === 'applied'
    const changes = new ChangeWalk(isWhole).walk(root, source.lowers.length > 0 ? below : undefined, '', isWhole)
    const rootBelow = source.lowers.length > 0 ? below.ownStatus() : undefined
    return rootBelow && !isSameOwner(statAt(root, ''), rootBelow) ? [{path: '', kind: 'changed'}, ...changes] : changes
  } finally {
    closeSync(root)
  }
}

class ChangeWalk {
  /** The tree holds what did not change too. */
  readonly #isWhole: boolean

  constructor(isWhole: boolean) {
    this.#isWhole = isWhole
  }

  /** @param hidesBelow what is below and not here is deleted */
  walk(directory: number, below: MergedDirectory | undefined, path: ByteString, hidesBelow: boolean): Change[] {
    const names = namesIn(directory).sort()
    const changes = names.flatMap((name) => this.#entry(directory, name, below, joinPath(path, name), hidesBelow))
    if (!below || !hidesBelow) return changes
    const here = new Set(names)
    for (const name of below.names()) if (!here.has(name)) changes.push({path: joinPath(path, name), kind: 'deleted'})
    return changes
  }

  #entry(
    directory: number,
    name: ByteString,
    below: MergedDirectory | undefined,
    path: ByteString,
    hidesBelow: boolean,
  ): Change[] {
    const status = statusIfThere(directory, name)
    if (!status || (status.mode & TYPE) === SOCKET) return []
    const old = below?.status(name)
    if (!this.#isWhole && isWhiteout(status)) return old ? [{path, kind: 'deleted'}] : []
    if ((status.mode & TYPE) === DIRECTORY)
      return this.#directory({directory, name, status, old, below, path, hidesBelow})
    if (!old) return [{path, kind: 'added', file: status}]
    if (this.#isWhole && isSameFile(status, old) && this.#hasSameCapability(directory, name, below)) return []
    return [{path, kind: 'changed', file: status}]
  }

  #directory({directory, name, status, old, below, path, hidesBelow}: DirectoryVisit): Change[] {
    const wasDirectory = old !== undefined && (old.mode & TYPE) === DIRECTORY
    using deeper = wasDirectory ? below?.enter(name) : undefined
    const opened = openIfThere(directory, name)
    if (opened === undefined) return []
    try {
      const hides = hidesBelow || (!this.#isWhole && isOpaque(directory, name))
      const inside = this.walk(opened, deeper, path, hides)
      if (!old) return [{path, kind: 'added'}, ...inside]
      const isSame = wasDirectory && isSameOwner(status, old) && isSameTime(status, old)
      return isSame && inside.length === 0 ? [] : [{path, kind: 'changed'}, ...inside]
    } finally {
      closeSync(opened)
    }
  }

  #hasSameCapability(directory: number, name: ByteString, below: MergedDirectory | undefined): boolean {
    const now = getXattrAt(directory, name, 'security.capability')
    return (now ?? '').toString('latin1') === (below?.xattr(name, 'security.capability') ?? '').toString('latin1')
  }
}

interface DirectoryVisit {
  readonly directory: number
  readonly name: ByteString
  readonly status: FileStatus
  readonly old: FileStatus | undefined
  readonly below: MergedDirectory | undefined
  readonly path: ByteString
  readonly hidesBelow: boolean
}

function isSameFile(a: FileStatus, b: FileStatus): boolean {
  return (
    isSameOwner(a, b) &&
    isSameTime(a, b) &&
    a.size === b.size &&
    a.deviceMajor === b.deviceMajor &&
    a.deviceMinor === b.deviceMinor
  )
}

function isSameOwner(a: FileStatus, b: FileStatus): boolean {
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid
}

function isSameTime({mtime: a}: FileStatus, {mtime: b}: FileStatus): boolean {
  return a.seconds === b.seconds && a.nanoseconds === b.nanoseconds
}

/** A running container may remove it meanwhile. */
function statusIfThere(directory: number, name: ByteString): FileStatus | undefined {
  try {
    return statAt(directory, name)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

function openIfThere(directory: number, name: ByteString): number | undefined {
  try {
    return openAt(directory, name, OPEN)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}
