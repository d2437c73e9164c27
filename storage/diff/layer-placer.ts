import {closeSync, openSync} from 'node:fs'
import {EngineError} from '../../src/errors/index.ts'
import {type ByteString, openFlags} from '../../src/host/index.ts'
import type {WhiteoutForm} from '../snapshotter.ts'
import type {TarEntry} from '../tar/tar-entry.ts'
import {setAttributes} from './attributes.ts'
import {DirectoryTimes} from './directory-times.ts'
import {EntryMaker} from './entry-maker.ts'
import {entryPath, quote, splitPath} from './entry-path.ts'
import {LayerDirectories, type LayerDirectory} from './layer-directories.ts'
import {nameIn} from './layer-name.ts'
import {LayerWhiteouts} from './layer-whiteouts.ts'
import type {OpenFile} from './open-layer-file.ts'
import {placeError} from './place-error.ts'
import {PlacedPaths} from './placed-paths.ts'
import {ReplacedFiles, type ReplacedPath} from './replaced-files.ts'
import {meaningOf, type NameMeaning} from './whiteout.ts'

const OPEN_DIRECTORY = openFlags.readOnly | openFlags.directory | openFlags.noFollow

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
  /** Whether the archive had an entry for the layer's own directory. */
  hasRoot = false
  readonly #options: PlacerOptions
  readonly #root: number
  readonly #directories: LayerDirectories
  readonly #placed = new PlacedPaths()
  readonly #hiding: LayerWhiteouts
  readonly #times = new DirectoryTimes()
  readonly #replaced: ReplacedFiles
  readonly #maker: EntryMaker

  constructor(options: PlacerOptions) {
    this.#options = options
    this.#root = openSync(options.directory, OPEN_DIRECTORY)
    const directories = new LayerDirectories(this.#root, {
      onImplied: (path) => this.implied.add(path),
      onObstacle: (path) => this.#hiding.revive(path),
    })
    const hiding = new LayerWhiteouts(options.whiteouts, directories, this.#placed)
    const replaced = new ReplacedFiles(options.replacedDirectory)
    const keepers = {directories, placed: this.#placed, hiding, replaced, times: this.#times}
    this.#directories = directories
    this.#hiding = hiding
    this.#replaced = replaced
    this.#maker = new EntryMaker(keepers, options.keepsDirectories ?? false)
  }

  /** overlay form: the names that stand for a whiteout. */
  get whiteouts(): ReadonlySet<ByteString> {
    return this.#hiding.names
  }

  /** Whether the archive hides everything that lies below the layer. */
  get hidesAll(): boolean {
    return this.#hiding.hidesAll
  }

  /** What later entries of the archive replaced. */
  get replaced(): readonly ReplacedPath[] {
    return this.#replaced.list
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
    this.#times.apply(this.#root)
  }

  [Symbol.dispose](): void {
    this.#maker[Symbol.dispose]()
    this.#directories[Symbol.dispose]()
    this.#replaced[Symbol.dispose]()
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
    this.#times.set('', entry.mtime)
  }

  /** The directory that everything goes into: it may be a link to one. */
  #placePrefix(path: ByteString, entry: TarEntry): undefined {
    if (entry.type !== 'directory')
      throw new EngineError('ERR_LAYER_ENTRY', `${quote(entry.name)}: the root of an archive must be a directory`)
    const directory = this.#directories.ensure(path)
    setAttributes(directory.descriptor, entry)
    this.#times.set(directory.path, entry.mtime)
  }

  #placeIn(directory: LayerDirectory, base: ByteString, entry: TarEntry): OpenFile | undefined {
    const name = nameIn(directory, base)
    const linkPath = entry.type === 'hardlink' ? this.#pathOf(entry.linkName) : undefined
    const file = this.#maker.make(name, entry, linkPath)
    this.#placed.add(directory.path, name.path)
    this.implied.delete(name.path)
    return file
  }
}

/** What overlayfs itself takes for a whiteout must not get in by another door. */
function isWhiteoutDevice({type, deviceMajor, deviceMinor}: TarEntry): boolean {
  return type === 'character-device' && deviceMajor === 0 && deviceMinor === 0
}
