import {closeSync, readlinkSync} from 'node:fs'
import {EngineError, hasCode, isErrno} from '../../src/errors/index.ts'
import {type ByteString, mkdirAt, openAt, openFlags, openInRoot} from '../../src/host/index.ts'
import {joinPath, quote, splitPath} from './entry-path.ts'

const OPEN = openFlags.readOnly | openFlags.directory
const MAX_OPEN = 64

export interface LayerDirectory {
  readonly descriptor: number
  /** Its path below the layer with all links resolved: the one name it has. */
  readonly path: ByteString
}

export interface DirectoryObserver {
  /** A directory was made because an entry lies in it. */
  onImplied(path: ByteString): void
  /** Something that is no directory is in the way: true when it was taken away. */
  onObstacle(path: ByteString): boolean
}

/**
 * The directories of a layer that is being filled, kept open: an archive names a directory's entries one after another.
 * Links in a path lead where they would inside a container: the kernel resolves them with the layer as root directory.
 */
export class LayerDirectories implements Disposable {
  readonly root: LayerDirectory
  readonly #prefix: number
  readonly #open = new Map<ByteString, LayerDirectory>()
  readonly #observer: DirectoryObserver

  constructor(rootDescriptor: number, observer: DirectoryObserver) {
    this.root = {descriptor: rootDescriptor, path: ''}
    this.#prefix = pathOf(rootDescriptor).length
    this.#observer = observer
  }

  /** The directory at `path`, made with its parents when missing. @throws ERR_LAYER_ENTRY when something else is in the way */
  ensure(path: ByteString): LayerDirectory {
    try {
      return this.find(path) ?? this.#make(path)
    } catch (error) {
      if (!hasCode(error, 'ERR_LAYER_ENTRY') || !this.#observer.onObstacle(path)) throw error
      return this.find(path) ?? this.#make(path)
    }
  }

  /** Undefined when there is none. @throws ERR_LAYER_ENTRY when something else is in the way */
  find(path: ByteString): LayerDirectory | undefined {
    if (path === '') return this.root
    const known = this.#open.get(path)
    if (known) return this.#used(path, known)
    try {
      return this.#keep(path, openInRoot(this.root.descriptor, path, OPEN))
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      if (isErrno(error, 'ENOTDIR', 'ELOOP', 'EXDEV')) throw inTheWay(path, error)
      throw error
    }
  }

  /** Takes over a directory that was just made; the path has no link in it. */
  adopt(path: ByteString, descriptor: number): void {
    if (this.#open.has(path)) closeSync(descriptor)
    else this.#add(path, {descriptor, path})
  }

  /** Opens again from now on, because a directory or link was replaced; `except` stays open, the caller works in it. */
  forget(except: LayerDirectory = this.root): void {
    for (const directory of this.#open.values()) if (directory !== except) closeSync(directory.descriptor)
    this.#open.clear()
    if (except !== this.root) this.#open.set(except.path, except)
  }

  [Symbol.dispose](): void {
    this.forget()
  }

  #make(path: ByteString): LayerDirectory {
    const {directory, base} = splitPath(path)
    const parent = this.ensure(directory)
    try {
      mkdirAt(parent.descriptor, base, 0o755)
    } catch (error) {
      // a link to nothing
      if (isErrno(error, 'EEXIST')) throw inTheWay(path, error)
      throw error
    }
    this.#observer.onImplied(joinPath(parent.path, base))
    return this.#keep(path, openAt(parent.descriptor, base, OPEN | openFlags.noFollow))
  }

  #keep(path: ByteString, descriptor: number): LayerDirectory {
    return this.#add(path, {descriptor, path: pathOf(descriptor).slice(this.#prefix + 1)})
  }

  #add(path: ByteString, directory: LayerDirectory): LayerDirectory {
    if (this.#open.size >= MAX_OPEN) this.#closeOldest()
    this.#open.set(path, directory)
    return directory
  }

  /** The most recently used stays longest: whoever asks for a second directory still holds the first. */
  #used(path: ByteString, directory: LayerDirectory): LayerDirectory {
    this.#open.delete(path)
    this.#open.set(path, directory)
    return directory
  }

  #closeOldest(): void {
    for (const [path, {descriptor}] of this.#open) {
      closeSync(descriptor)
      this.#open.delete(path)
      return
    }
  }
}

function pathOf(descriptor: number): ByteString {
  return readlinkSync(`/proc/self/fd/${descriptor}`, 'latin1')
}

function inTheWay(path: ByteString, cause: unknown): EngineError {
  return new EngineError('ERR_LAYER_ENTRY', `${quote(path)}: not a directory`, {cause})
}
