import {closeSync, mkdirSync, openSync} from 'node:fs'
import {EngineError, isErrno} from '../../src/errors/index.ts'
import {
  type ByteString,
  linkAt,
  mkdirAt,
  mknodAt,
  openAt,
  openFlags,
  openInRoot,
  renameAt,
  setTimes,
  statAt,
  symlinkAt,
  type Timestamp,
} from '../../src/host/index.ts'
import type {WhiteoutForm} from '../snapshotter.ts'
import type {TarEntry} from '../tar/tar-entry.ts'
import {setAttributes, setAttributesAt} from './attributes.ts'
import {entryPath, joinPath, quote, splitPath} from './entry-path.ts'
import {LayerDirectories, type LayerDirectory} from './layer-directories.ts'
import {LayerWhiteouts} from './layer-whiteouts.ts'
import {type OpenFile, OpenLayerFile} from './open-layer-file.ts'
import {placeError} from './place-error.ts'
import {PlacedPaths} from './placed-paths.ts'
import {removeTreeAt} from './remove-tree.ts'
import {meaningOf, type NameMeaning} from './whiteout.ts'

const TYPE = 0o170000
const DIRECTORY = 0o040000
const CHARACTER_DEVICE = 0o020000
const BLOCK_DEVICE = 0o060000
const FIFO = 0o010000
const OPEN_DIRECTORY = openFlags.readOnly | openFlags.directory | openFlags.noFollow
const CREATE = openFlags.writeOnly | openFlags.create | openFlags.exclusive | openFlags.noFollow

/** A file of the layer that a later entry of the same archive replaced; the layer's tar still needs its content. */
export interface ReplacedPath {
  /** Of the files that were opened, those before this index that lay at or below `path`. */
  readonly beforeFile: number
  readonly path: ByteString
  /** Its name in the directory of replaced files. */
  readonly name: string
}

export interface PlacerOptions {
  /** The layer's directory; for a tree that is unpacked into another, that one's root. */
  readonly directory: string
  /** Entries go below this directory of it. */
  readonly prefix?: ByteString
  /** Takes replaced files; made when the first comes. On the same file system as `directory`. Without it they are removed. */
  readonly replacedDirectory?: string
  /** `literal`: names of whiteouts mean nothing. */
  readonly whiteouts: WhiteoutForm | 'literal'
  /** False for a layer that lies on nothing: there is nothing to hide. */
  readonly hasParent: boolean
  /** Refuse to put a directory where something else is, and the other way round. */
  readonly keepsDirectories?: boolean
}

/**
 * Places the entries of a layer archive in a directory. Whatever the archive says, nothing outside is touched: each path
 * is resolved by the kernel with the layer as its root, each name made anew and never opened through a link.
 */
export class LayerPlacer implements Disposable {
  /** Directories that were made without an entry of their own. */
  readonly implied = new Set<ByteString>()
  readonly replaced: ReplacedPath[] = []
  /** Whether the archive had an entry for the layer's own directory. */
  hasRoot = false
  readonly #options: PlacerOptions
  readonly #root: number
  readonly #directories: LayerDirectories
  readonly #placed = new PlacedPaths()
  readonly #hiding: LayerWhiteouts
  readonly #directoryTimes = new Map<ByteString, Timestamp>()
  #replacedDescriptor: number | undefined
  #open: OpenLayerFile | undefined
  #files = 0

  constructor(options: PlacerOptions) {
    this.#options = options
    this.#root = openSync(options.directory, OPEN_DIRECTORY)
    this.#directories = new LayerDirectories(this.#root, {
      onImplied: (path) => this.implied.add(path),
      onObstacle: (path) => this.#hiding.revive(path),
    })
    this.#hiding = new LayerWhiteouts(options.whiteouts, this.#directories, this.#placed)
  }

  /** overlay form: the names that stand for a whiteout. */
  get whiteouts(): ReadonlySet<ByteString> {
    return this.#hiding.names
  }

  /** Whether the archive hides everything that lies below the layer. */
  get hidesAll(): boolean {
    return this.#hiding.hidesAll
  }

  /**
   * Places one entry. For a file the caller writes the content to what is returned, and closes it.
   * @throws ERR_LAYER_ESCAPE, ERR_LAYER_ENTRY, ERR_IO
   */
  place(entry: TarEntry): OpenFile | undefined {
    try {
      return this.#place(entry)
    } catch (error) {
      throw placeError(entry, error)
    }
  }

  /** Sets what only holds once nothing more is placed. */
  finish(): void {
    this.#directories.forget()
    for (const [path, time] of this.#directoryTimes) this.#setDirectoryTime(path, time)
  }

  [Symbol.dispose](): void {
    this.#open?.abandon()
    this.#directories[Symbol.dispose]()
    if (this.#replacedDescriptor !== undefined) closeSync(this.#replacedDescriptor)
    closeSync(this.#root)
  }

  #place(entry: TarEntry): OpenFile | undefined {
    const path = this.#pathOf(entry.name)
    if (path === '') return this.#placeRoot(entry)
    if (path === this.#options.prefix) return this.#placePrefix(path, entry)
    const {directory: directoryPath, base} = splitPath(path)
    const meaning = this.#meaningOf(directoryPath, base)
    if (meaning.kind === 'ignored') return undefined
    if (meaning.kind === 'invalid')
      throw new EngineError('ERR_LAYER_ENTRY', `${quote(entry.name)}: not a valid whiteout`)
    if (meaning.kind !== 'entry' && !this.#options.hasParent) return undefined
    const directory = this.#directories.ensure(directoryPath)
    if (meaning.kind === 'opaque') this.#hiding.hideBelow(directory)
    else if (meaning.kind === 'whiteout') this.#hiding.hide(directory, meaning.name)
    else if (this.#options.whiteouts !== 'literal' && isWhiteoutDevice(entry)) this.#hiding.hide(directory, base)
    else return this.#placeIn(directory, base, entry)
    return undefined
  }

  #pathOf(name: ByteString): ByteString {
    const path = entryPath(name)
    const {prefix = ''} = this.#options
    return prefix === '' || path === '' ? prefix || path : `${prefix}/${path}`
  }

  #meaningOf(directory: ByteString, base: ByteString): NameMeaning {
    return this.#options.whiteouts === 'literal' ? {kind: 'entry'} : meaningOf(directory, base)
  }

  #placeRoot(entry: TarEntry): undefined {
    if (entry.type !== 'directory')
      throw new EngineError('ERR_LAYER_ENTRY', `${quote(entry.name)}: the root of a layer must be a directory`)
    setAttributes(this.#root, entry)
    this.hasRoot = true
    this.#directoryTimes.set('', entry.mtime)
  }

  /** The directory that everything goes into: it may be a link to one. */
  #placePrefix(path: ByteString, entry: TarEntry): undefined {
    if (entry.type !== 'directory')
      throw new EngineError('ERR_LAYER_ENTRY', `${quote(entry.name)}: the root of an archive must be a directory`)
    const directory = this.#directories.ensure(path)
    setAttributes(directory.descriptor, entry)
    this.#directoryTimes.set(directory.path, entry.mtime)
  }

  #placeIn(directory: LayerDirectory, base: ByteString, entry: TarEntry): OpenFile | undefined {
    const path = joinPath(directory.path, base)
    const file = this.#make(directory, base, path, entry)
    this.#placed.add(directory.path, path)
    this.implied.delete(path)
    return file
  }

  #make(directory: LayerDirectory, base: ByteString, path: ByteString, entry: TarEntry): OpenFile | undefined {
    const at = directory.descriptor
    switch (entry.type) {
      case 'file':
        return this.#makeFile(directory, base, path, entry)
      case 'directory':
        this.#makeDirectory(directory, base, path, entry)
        return undefined
      case 'hardlink':
        this.#makeHardLink(directory, base, path, entry)
        return undefined
      case 'symlink':
        this.#anew(directory, base, path, () => symlinkAt(entry.linkName, at, base))
        break
      case 'fifo':
        this.#anew(directory, base, path, () => mknodAt(at, base, FIFO | 0o600))
        break
      default: {
        const type = entry.type === 'block-device' ? BLOCK_DEVICE : CHARACTER_DEVICE
        this.#anew(directory, base, path, () => mknodAt(at, base, type | 0o600, entry.deviceMajor, entry.deviceMinor))
      }
    }
    setAttributesAt(at, base, entry)
    return undefined
  }

  #makeFile(directory: LayerDirectory, base: ByteString, path: ByteString, entry: TarEntry): OpenFile {
    const descriptor = this.#anew(directory, base, path, () => openAt(directory.descriptor, base, CREATE, 0o600))
    this.#files++
    this.#open = new OpenLayerFile(descriptor, path, entry)
    return this.#open
  }

  #makeDirectory(directory: LayerDirectory, base: ByteString, path: ByteString, entry: TarEntry): void {
    const at = directory.descriptor
    if (this.whiteouts.has(path)) this.#hiding.replace(at, base, path)
    else if (!this.#mkdir(at, base) && (statAt(at, base).mode & TYPE) !== DIRECTORY) {
      if (this.#options.keepsDirectories) throw refused('non-directory', path, 'directory')
      this.#clear(directory, base, path)
      mkdirAt(at, base, 0o700)
    }
    const descriptor = openAt(at, base, OPEN_DIRECTORY)
    try {
      setAttributes(descriptor, entry)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
    this.#directories.adopt(path, descriptor)
    this.#directoryTimes.set(path, entry.mtime)
  }

  /** False when there is something of that name. */
  #mkdir(directory: number, base: ByteString): boolean {
    try {
      mkdirAt(directory, base, 0o700)
      return true
    } catch (error) {
      if (isErrno(error, 'EEXIST')) return false
      throw error
    }
  }

  /** Its attributes are the other name's: to set them again would clear file capabilities. */
  #makeHardLink(directory: LayerDirectory, base: ByteString, path: ByteString, entry: TarEntry): void {
    if (this.#linkTarget(entry).path === path) return
    this.#anew(directory, base, path, () => {
      // looked up each time: when a name is cleared, open directories are closed
      const target = this.#linkTarget(entry)
      linkAt(target.descriptor, target.base, directory.descriptor, base)
    })
  }

  #linkTarget({name, linkName}: TarEntry): {
    readonly descriptor: number
    readonly base: ByteString
    readonly path: ByteString
  } {
    const {directory, base} = splitPath(this.#pathOf(linkName))
    const found = base === '' ? undefined : this.#directories.find(directory)
    const path = found && joinPath(found.path, base)
    if (!found || path === undefined || this.whiteouts.has(path) || !hasEntry(found.descriptor, base))
      throw new EngineError(
        'ERR_LAYER_ENTRY',
        `${quote(name)}: hard link to ${quote(linkName)}, which is not in the layer`,
      )
    return {descriptor: found.descriptor, base, path}
  }

  /** Runs `create`, which must fail with EEXIST when the name is taken; what has the name is removed then. */
  #anew<T>(directory: LayerDirectory, base: ByteString, path: ByteString, create: () => T): T {
    try {
      return create()
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error
      this.#clear(directory, base, path)
      return create()
    }
  }

  /** Takes a name away. What the archive itself placed there is kept aside: the layer's tar needs it. */
  #clear(directory: LayerDirectory, base: ByteString, path: ByteString): void {
    const {mode} = statAt(directory.descriptor, base)
    const isDirectory = (mode & TYPE) === DIRECTORY
    if (isDirectory && this.#options.keepsDirectories) throw refused('directory', path, 'non-directory')
    if (this.#hiding.forget(path) || !this.#placed.has(path)) removeTreeAt(directory.descriptor, base)
    else if (this.#options.replacedDirectory === undefined) removeTreeAt(directory.descriptor, base)
    else this.#putAside(directory, base, path, this.#options.replacedDirectory)
    if (isDirectory) {
      this.#placed.deleteTree(path)
      this.#forgetTimes(path)
    }
    this.#directories.forget(directory)
  }

  #putAside(directory: LayerDirectory, base: ByteString, path: ByteString, aside: string): void {
    this.#replacedDescriptor ??= openReplaced(aside)
    const name = String(this.replaced.length)
    renameAt(directory.descriptor, base, this.#replacedDescriptor, name)
    this.replaced.push({beforeFile: this.#files, path, name})
  }

  #forgetTimes(path: ByteString): void {
    for (const other of this.#directoryTimes.keys())
      if (other === path || other.startsWith(`${path}/`)) this.#directoryTimes.delete(other)
  }

  #setDirectoryTime(path: ByteString, time: Timestamp): void {
    if (path === '') {
      setTimes(this.#root, time)
      return
    }
    const descriptor = openIfThere(this.#root, path)
    if (descriptor === undefined) return
    try {
      setTimes(descriptor, time)
    } finally {
      closeSync(descriptor)
    }
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

function hasEntry(directory: number, name: ByteString): boolean {
  try {
    statAt(directory, name)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}

/** As podman cp words it. */
function refused(there: string, path: ByteString, wanted: string): EngineError {
  return new EngineError('ERR_REFUSED', `cannot overwrite ${there} ${quote(`/${path}`)} with ${wanted}`)
}

/** What overlayfs itself takes for a whiteout must not get in by another door. */
function isWhiteoutDevice({type, deviceMajor, deviceMinor}: TarEntry): boolean {
  return type === 'character-device' && deviceMajor === 0 && deviceMinor === 0
}

function openReplaced(path: string): number {
  mkdirSync(path, {mode: 0o700})
  return openSync(path, OPEN_DIRECTORY)
}
