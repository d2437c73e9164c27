import {closeSync, openSync} from 'node:fs'
import {isErrno} from '../../src/errors/index.ts'
import {
  type ByteString,
  chmodDescriptor,
  chownDescriptor,
  mknodAt,
  openFlags,
  openInRoot,
  setTimes,
  statAt,
  unlinkAt,
} from '../../src/host/index.ts'
import {splitPath} from './entry-path.ts'
import {makeOpaque} from './layer-whiteouts.ts'
import {isOpaque, isWhiteout, MergedDirectory} from './merged-directory.ts'

const OPEN = openFlags.readOnly | openFlags.directory
const TYPE = 0o170000
const DIRECTORY = 0o040000
const CHARACTER_DEVICE = 0o020000

export interface Unsettled {
  /** Directories that were made without an entry of their own. */
  readonly implied: Iterable<ByteString>
  readonly whiteouts: Iterable<ByteString>
  readonly hidesAll: boolean
}

/**
 * What a layer in overlay form can only know with its parents: directories that no entry describes look as they do
 * below (else they would hide their owner and mode), whiteouts that hide nothing go (in a directory that is only here the
 * kernel would list them), and a hidden root is spelt out, because overlayfs does not look for
 * an opaque mark on the root.
 */
export function settleOnParent(
  layer: string,
  lowers: readonly string[],
  {implied, whiteouts, hidesAll}: Unsettled,
): void {
  using below = MergedDirectory.open(lowers)
  const root = openSync(layer, OPEN)
  try {
    for (const path of implied) copyAttributes(root, below, path)
    for (const path of whiteouts) if (!below.statusOf(path) || isBelowOpaque(root, path)) removeWhiteout(root, path)
    if (hidesAll) for (const name of below.names()) whiteOut(root, name)
  } finally {
    closeSync(root)
  }
}

function copyAttributes(root: number, below: MergedDirectory, path: ByteString): void {
  const status = below.statusOf(path)
  if (!status || (status.mode & TYPE) !== DIRECTORY) return
  const directory = openIfThere(root, path)
  if (directory === undefined) return
  try {
    chownDescriptor(directory, status.uid, status.gid)
    chmodDescriptor(directory, status.mode & 0o7777)
    setTimes(directory, status.mtime)
  } finally {
    closeSync(directory)
  }
}

/** A later entry may have put something else there. */
function openIfThere(root: number, path: ByteString): number | undefined {
  try {
    return openInRoot(root, path, OPEN)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
    throw error
  }
}

/** The directory hides everything already. */
function isBelowOpaque(root: number, path: ByteString): boolean {
  for (let above = splitPath(path).directory; above !== ''; above = splitPath(above).directory)
    if (isOpaque(root, above)) return true
  return false
}

function removeWhiteout(root: number, path: ByteString): void {
  const {directory: directoryPath, base} = splitPath(path)
  const directory = openIfThere(root, directoryPath === '' ? '.' : directoryPath)
  if (directory === undefined) return
  try {
    if (isWhiteout(statAt(directory, base))) unlinkAt(directory, base)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  } finally {
    closeSync(directory)
  }
}

function whiteOut(root: number, name: ByteString): void {
  try {
    mknodAt(root, name, CHARACTER_DEVICE)
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
    makeOpaque(root, name)
  }
}
