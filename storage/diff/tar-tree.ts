import {closeSync, openSync} from 'node:fs'
import {Readable} from 'node:stream'
import {EngineError, isErrno} from '../../src/errors/index.ts'
import {type ByteString, openFlags, openInRoot, statAt} from '../../src/host/index.ts'
import {findChanges} from './changes.ts'
import {createTar} from './create-tar.ts'
import {entryPath, joinPath, splitPath} from './entry-path.ts'

const TYPE = 0o170000
const DIRECTORY = 0o040000
const OPEN = openFlags.readOnly | openFlags.directory

/** A whole directory tree as a tar, as `export` gives it: owners, xattrs, devices, hard links and holes kept. */
export function tarTree(root: string): Readable {
  return Readable.from(createTar(root, findChanges({upper: root, lowers: [], form: 'applied'})), {objectMode: false})
}

/** These files of a tree, each by its path: a directory comes without what is below it. */
export function packPaths(root: string, paths: readonly string[]): Readable {
  const changes = paths.map((path) => ({path: entryPath(bytes(path)), kind: 'added' as const}))
  return Readable.from(createTar(root, changes), {objectMode: false})
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
}

/** One file, or a directory with all below it, as a tar. @throws ERR_REFUSED through the stream when there is no such file */
export function packTree(request: PackRequest): Readable {
  return Readable.from(pack(request), {objectMode: false})
}

async function* pack({root, path, as, without = []}: PackRequest): AsyncGenerator<Buffer> {
  const {directory, base} = splitPath(entryPath(bytes(path)))
  const isContent = base === '' || path.endsWith('/') || path.endsWith('/.')
  const name = as === undefined ? base || '.' : bytes(as)
  const rootDescriptor = openSync(root, OPEN)
  try {
    const parent = open(rootDescriptor, isContent ? joinPath(directory, base) : directory, path)
    try {
      yield* packFrom(parent, isContent ? '' : base, name, path, without.map(bytes))
    } finally {
      closeSync(parent)
    }
  } finally {
    closeSync(rootDescriptor)
  }
}

async function* packFrom(
  parent: number,
  base: ByteString,
  name: ByteString,
  path: string,
  without: readonly ByteString[],
): AsyncGenerator<Buffer> {
  const {mode} = missingAs(path, () => statAt(parent, base))
  const below = `/proc/self/fd/${parent}/.`
  if ((mode & TYPE) !== DIRECTORY) yield* createTar(below, [{path: base, kind: 'added'}], () => name)
  else if (base === '') yield* packDirectory(below, name, without)
  else {
    const directory = openInRoot(parent, base, OPEN | openFlags.noFollow)
    try {
      yield* packDirectory(`/proc/self/fd/${directory}/.`, name, without)
    } finally {
      closeSync(directory)
    }
  }
}

function packDirectory(directory: string, name: ByteString, without: readonly ByteString[]): AsyncGenerator<Buffer> {
  const isWanted = (path: ByteString) => !without.some((each) => path === each || path.startsWith(`${each}/`))
  const changes = findChanges({upper: directory, lowers: [], form: 'applied'}).filter(({path}) => isWanted(path))
  const nameOf = (path: ByteString) => (path === '' ? name : name === '.' ? path : joinPath(name, path))
  return createTar(directory, [{path: '', kind: 'added'}, ...changes], nameOf)
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
