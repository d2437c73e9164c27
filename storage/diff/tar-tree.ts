import {closeSync, openSync} from 'node:fs'
import type {Readable} from 'node:stream'
import {EngineError, isErrno} from '../../src/errors/index.ts'
import {type ByteString, type IDMappings, openFlags, openInRoot, statAt} from '../../src/host/index.ts'
import {lastingStream} from '../lasting-chunks.ts'
import {findChanges} from './changes.ts'
import {createTar, type OwnerNames, type TarOptions} from './create-tar.ts'
import {entryPath, joinPath, splitPath} from './entry-path.ts'

const TYPE = 0o170000
const DIRECTORY = 0o040000
const OPEN = openFlags.readOnly | openFlags.directory

/** A whole directory tree as a tar, as `export` gives it: owners, xattrs, devices, hard links and holes kept. */
export function tarTree(root: string, options: Pick<TarOptions, 'idMaps' | 'ownerNames'> = {}): Readable {
  const changes = findChanges({upper: root, lowers: [], form: 'applied'})
  return lastingStream(createTar(root, changes, options))
}

/** These files of a tree, each by its path: a directory comes without what is below it. */
export function packPaths(root: string, paths: readonly string[]): Readable {
  const changes = paths.map((path) => ({path: entryPath(bytes(path)), kind: 'added' as const}))
  return lastingStream(createTar(root, changes))
}

export interface PackRequest {
  /** A directory of the host that counts as the root directory of `path` and of the links on the way there. */
  readonly root: string
  /** A file or directory inside `root`; a link as its last part is packed as such, unless a slash follows. */
  readonly path: string
  /** What the entry is called, and those below begin with; `.` for the content of a directory. Default the last part of `path`. */
  readonly as?: string
  /** Paths below it that are left out. */
  readonly without?: readonly string[]
  /** Owners are written as those that this user namespace knows. */
  readonly idMaps?: IDMappings
  /** Owners that have a name here are written with it. */
  readonly ownerNames?: OwnerNames
}

/** One file, or a directory with all below it, as a tar. @throws ERR_REFUSED through the stream when there is no such file */
export function packTree(request: PackRequest): Readable {
  return lastingStream(pack(request))
}

async function* pack({root, path, as, without = [], ...owners}: PackRequest): AsyncGenerator<Buffer> {
  const {directory, base} = splitPath(entryPath(bytes(path)))
  const isContent = base === '' || path.endsWith('/') || path.endsWith('/.')
  const name = as === undefined ? base || '.' : bytes(as)
  const rootDescriptor = openSync(root, OPEN)
  try {
    const parent = open(rootDescriptor, isContent ? joinPath(directory, base) : directory, path)
    try {
      yield* packFrom({parent, base: isContent ? '' : base, name, path, without: without.map(bytes), ...owners})
    } finally {
      closeSync(parent)
    }
  } finally {
    closeSync(rootDescriptor)
  }
}

interface Packing extends Pick<TarOptions, 'idMaps' | 'ownerNames'> {
  /** Descriptor of the directory that `base` is in. */
  readonly parent: number
  readonly base: ByteString
  readonly name: ByteString
  readonly path: string
  readonly without: readonly ByteString[]
}

async function* packFrom(packing: Packing): AsyncGenerator<Buffer> {
  const {parent, base, name, path, idMaps, ownerNames} = packing
  const {mode} = missingAs(path, () => statAt(parent, base))
  const below = `/proc/self/fd/${parent}/.`
  if ((mode & TYPE) !== DIRECTORY)
    yield* createTar(below, [{path: base, kind: 'added'}], {nameOf: () => name, idMaps, ownerNames})
  else if (base === '') yield* packDirectory(below, packing)
  else {
    const directory = openInRoot(parent, base, OPEN | openFlags.noFollow)
    try {
      yield* packDirectory(`/proc/self/fd/${directory}/.`, packing)
    } finally {
      closeSync(directory)
    }
  }
}

function packDirectory(directory: string, {name, without, idMaps, ownerNames}: Packing): AsyncGenerator<Buffer> {
  const isWanted = (path: ByteString) => !without.some((each) => path === each || path.startsWith(`${each}/`))
  const changes = findChanges({upper: directory, lowers: [], form: 'applied'}).filter(({path}) => isWanted(path))
  const nameOf = (path: ByteString) => (path === '' ? name : name === '.' ? path : joinPath(name, path))
  return createTar(directory, [{path: '', kind: 'added'}, ...changes], {nameOf, idMaps, ownerNames})
}

function open(root: number, directory: ByteString, path: string): number {
  return missingAs(path, () => openInRoot(root, directory === '' ? '.' : directory, OPEN))
}

function missingAs<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (cause) {
    if (isErrno(cause, 'ENOENT', 'ENOTDIR', 'ELOOP'))
      throw new EngineError('ERR_REFUSED', `${JSON.stringify(path)} could not be found`, {cause})
    throw cause
  }
}

function bytes(path: string): ByteString {
  return Buffer.from(path).toString('latin1')
}
