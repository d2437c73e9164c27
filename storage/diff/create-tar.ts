import {closeSync, openSync, readSync} from 'node:fs'
import {isErrno} from '../../src/errors/index.ts'
import {
  type ByteString,
  type FileStatus,
  getXattrAt,
  type IDMappings,
  listXattrAt,
  openAt,
  openFlags,
  openInRoot,
  readLinkAt,
  statAt,
} from '../../src/host/index.ts'
import {batched} from '../tar/batched.ts'
import {encodeHeader} from '../tar/encode-header.ts'
import type {EntryType, Segment, TarEntry} from '../tar/tar-entry.ts'
import {BLOCK, padded} from '../tar/tar-header.ts'
import type {Change} from './changes.ts'
import {dataSegments} from './data-segments.ts'
import {joinPath, splitPath} from './entry-path.ts'
import {ownerInside} from './mapped-owner.ts'
import {WHITEOUT_PREFIX} from './whiteout.ts'

const TYPE = 0o170000
const OPEN_DIRECTORY = openFlags.readOnly | openFlags.directory
/** A FIFO that takes a file's place must not block us. */
const OPEN_FILE = openFlags.readOnly | openFlags.noFollow | openFlags.nonBlock
const CHUNK = 256 * 1024
/** Holes below this size in all are written as zeros: every reader knows plain files. */
const SPARSE_FROM = 1024 * 1024

/** A map, because the formatter reads octal keys of an object wrongly. */
const types: ReadonlyMap<number, EntryType> = new Map([
  [0o100000, 'file'],
  [0o120000, 'symlink'],
  [0o020000, 'character-device'],
  [0o060000, 'block-device'],
  [0o040000, 'directory'],
  [0o010000, 'fifo'],
])

export interface TarOptions {
  /** What an entry is called; default its path. */
  readonly nameOf?: (path: ByteString) => ByteString
  /** Owners are written as those that this user namespace knows. */
  readonly idMaps?: IDMappings
  /** Owners that have a name here are written with it. */
  readonly ownerNames?: OwnerNames
}

/** What ids are called. */
export interface OwnerNames {
  readonly users: ReadonlyMap<number, string>
  readonly groups: ReadonlyMap<number, string>
}

/**
 * The tar of changes below `root`, as a layer: deletions are whiteouts, hard links within it are kept. A container may
 * run meanwhile: each path is resolved with `root` as root directory, and what has vanished is left out. A piece is the
 * reader's only until it asks for the next.
 */
export function createTar(root: string, changes: readonly Change[], options: TarOptions = {}): AsyncGenerator<Buffer> {
  return batched(entries(root, changes, options))
}

function* entries(root: string, changes: readonly Change[], options: TarOptions): Generator<Buffer> {
  const rootDescriptor = openSync(root, OPEN_DIRECTORY)
  try {
    const writer = new ChangeWriter(rootDescriptor, options)
    for (const change of changes) yield* writer.write(change)
    yield Buffer.alloc(2 * BLOCK)
  } finally {
    closeSync(rootDescriptor)
  }
}

class ChangeWriter {
  readonly #root: number
  /** The first name of each inode with several. */
  readonly #links = new Map<string, ByteString>()
  readonly #nameOf: (path: ByteString) => ByteString
  readonly #idMaps: IDMappings | undefined
  readonly #ownerNames: OwnerNames | undefined

  constructor(root: number, {nameOf = (path) => path || '.', idMaps, ownerNames}: TarOptions) {
    this.#root = root
    this.#nameOf = nameOf
    this.#idMaps = idMaps
    this.#ownerNames = ownerNames
  }

  *write({path, kind}: Change): Generator<Buffer> {
    if (kind === 'deleted') {
      yield encodeHeader(whiteoutOf(path))
      return
    }
    const {directory, base} = splitPath(path)
    const parent = this.#open(directory)
    if (parent === undefined) return
    try {
      yield* this.#entry(parent, base, this.#nameOf(path))
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ELOOP', 'ENXIO')) throw error
    } finally {
      closeSync(parent)
    }
  }

  *#entry(parent: number, base: ByteString, name: ByteString): Generator<Buffer> {
    const status = this.#statusAt(parent, base)
    const type = types.get(status.mode & TYPE)
    if (!type) return
    if (type === 'file') {
      yield* this.#file(parent, base, name)
      return
    }
    const linkName = type === 'symlink' ? readLinkAt(parent, base) : ''
    yield encodeHeader({...this.#entryOf(type, name, status), linkName, xattrs: xattrsOf(parent, base)})
  }

  *#file(parent: number, base: ByteString, name: ByteString): Generator<Buffer> {
    const descriptor = openAt(parent, base, OPEN_FILE)
    try {
      const status = this.#statusAt(descriptor, '')
      if (types.get(status.mode & TYPE) !== 'file') return
      const first = this.#firstName(status, name)
      if (first !== name) {
        yield encodeHeader({...this.#entryOf('hardlink', name, status), linkName: first})
        return
      }
      yield* content(descriptor, {...this.#entryOf('file', name, status), xattrs: xattrsOf(parent, base)}, status)
    } finally {
      closeSync(descriptor)
    }
  }

  #entryOf(type: EntryType, name: ByteString, status: FileStatus): TarEntry {
    const entry = entryOf(type, name, status)
    if (!this.#ownerNames) return entry
    const {users, groups} = this.#ownerNames
    return {...entry, userName: users.get(entry.uid), groupName: groups.get(entry.gid)}
  }

  #statusAt(descriptor: number, name: ByteString): FileStatus {
    const status = statAt(descriptor, name)
    return this.#idMaps ? {...status, ...ownerInside(this.#idMaps, status)} : status
  }

  #firstName({nlink, device, inode}: FileStatus, name: ByteString): ByteString {
    if (nlink < 2) return name
    const identity = `${device}/${inode}`
    const first = this.#links.get(identity)
    if (first === undefined) this.#links.set(identity, name)
    return first ?? name
  }

  #open(directory: ByteString): number | undefined {
    try {
      return openInRoot(this.#root, directory === '' ? '.' : directory, OPEN_DIRECTORY)
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return undefined
      throw error
    }
  }
}

function* content(descriptor: number, entry: TarEntry, status: FileStatus): Generator<Buffer> {
  if (status.size - status.blocks * 512 < SPARSE_FROM) {
    yield encodeHeader(entry)
    yield* data(descriptor, [{offset: 0, length: entry.size}])
    yield padding(entry.size)
    return
  }
  const segments = dataSegments(descriptor, entry.size)
  const map = sparseMap(segments)
  const stored = map.length + segments.reduce((sum, {length}) => sum + length, 0)
  yield sparseHeader(entry, stored)
  yield map
  yield* data(descriptor, segments)
  yield padding(stored)
}

/** @see GNU tar manual, Storing Sparse Files, PAX Format version 1.0 */
function sparseHeader(entry: TarEntry, storedSize: number): Buffer {
  const {directory, base} = splitPath(entry.name)
  const name = joinPath(joinPath(directory, 'GNUSparseFile.0'), base)
  const records = [
    ['GNU.sparse.major', '1'],
    ['GNU.sparse.minor', '0'],
    ['GNU.sparse.name', entry.name],
    ['GNU.sparse.realsize', String(entry.size)],
  ] as const
  return encodeHeader({...entry, name}, records, storedSize)
}

function sparseMap(segments: readonly Segment[]): Buffer {
  const numbers = [segments.length, ...segments.flatMap(({offset, length}) => [offset, length])]
  const text = numbers.map((value) => `${value}\n`).join('')
  return Buffer.from(text.padEnd(padded(text.length), '\0'), 'latin1')
}

/** What a file lost since its header was written is zeros: the header's size must hold. */
function* data(descriptor: number, segments: readonly Segment[]): Generator<Buffer> {
  const longest = Math.max(0, ...segments.map(({length}) => length))
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK, longest))
  for (const {offset, length} of segments)
    for (let done = 0; done < length; ) {
      const size = Math.min(CHUNK, length - done)
      const count = readSync(descriptor, chunk, 0, size, offset + done)
      if (count === 0) chunk.fill(0, 0, size)
      const filled = count === 0 ? size : count
      yield chunk.subarray(0, filled)
      done += filled
    }
}

function entryOf(type: EntryType, name: ByteString, status: FileStatus): TarEntry {
  return {
    type,
    name,
    linkName: '',
    mode: status.mode & 0o7777,
    uid: status.uid,
    gid: status.gid,
    size: type === 'file' ? status.size : 0,
    // whole seconds, as podman writes them: a fraction would cost each entry another kilobyte
    mtime: {seconds: status.mtime.seconds, nanoseconds: 0},
    deviceMajor: type.endsWith('device') ? status.deviceMajor : 0,
    deviceMinor: type.endsWith('device') ? status.deviceMinor : 0,
    xattrs: [],
  }
}

function whiteoutOf(path: ByteString): TarEntry {
  const {directory, base} = splitPath(path)
  return {
    type: 'file',
    name: joinPath(directory, WHITEOUT_PREFIX + base),
    linkName: '',
    mode: 0o600,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: {seconds: 0, nanoseconds: 0},
    deviceMajor: 0,
    deviceMinor: 0,
    xattrs: [],
  }
}

/** Those that belong to the file, not to the host or to overlayfs. */
function xattrsOf(directory: number, name: ByteString): [ByteString, Uint8Array][] {
  return listXattrAt(directory, name)
    .filter((key) => /^(user\.(?!overlay\.)|security\.capability$|system\.posix_acl_)/.test(key))
    .flatMap((key) => {
      const value = getXattrAt(directory, name, key)
      return value ? [[key, value] as [ByteString, Uint8Array]] : []
    })
}

function padding(size: number): Buffer {
  return Buffer.alloc(padded(size) - size)
}
