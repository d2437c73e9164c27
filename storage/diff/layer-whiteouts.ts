import {closeSync} from 'node:fs'
import {type ByteString, mkdirAt, mknodAt, openAt, openFlags, setXattr, statAt, unlinkAt} from '../../src/host/index.ts'
import type {WhiteoutForm} from '../snapshotter.ts'
import {joinPath, splitPath} from './entry-path.ts'
import type {LayerDirectories, LayerDirectory} from './layer-directories.ts'
import type {PlacedPaths} from './placed-paths.ts'
import {namesIn, removeTreeAt} from './remove-tree.ts'
import {OPAQUE_VALUE, OPAQUE_XATTR} from './whiteout.ts'

const TYPE = 0o170000
const DIRECTORY = 0o040000
const CHARACTER_DEVICE = 0o020000
const OPEN_DIRECTORY = openFlags.readOnly | openFlags.directory | openFlags.noFollow

/**
 * The whiteouts of a layer that is being filled, in either form. A whiteout hides what lies below the layer, never what
 * the archive itself placed, wherever in the archive it stands.
 */
export class LayerWhiteouts {
  /** overlay form: names that stand for a whiteout, until an entry takes their place. */
  readonly names = new Set<ByteString>()
  /** Whether the archive hides everything that lies below the layer. */
  hidesAll = false
  readonly #form: WhiteoutForm | 'literal'
  readonly #directories: LayerDirectories
  readonly #placed: PlacedPaths

  constructor(form: WhiteoutForm | 'literal', directories: LayerDirectories, placed: PlacedPaths) {
    this.#form = form
    this.#directories = directories
    this.#placed = placed
  }

  hide(directory: LayerDirectory, name: ByteString): void {
    const path = joinPath(directory.path, name)
    if (this.#form === 'applied') {
      this.#directories.forget(directory)
      this.#removeUnplaced(directory.descriptor, name, path)
    } else if (this.#placed.has(path)) makeOpaque(directory.descriptor, name)
    else if (!this.names.has(path)) {
      mknodAt(directory.descriptor, name, CHARACTER_DEVICE)
      this.names.add(path)
    }
  }

  /** All that lies below in this directory. */
  hideBelow(directory: LayerDirectory): void {
    if (this.#form === 'overlay') setXattr(directory.descriptor, OPAQUE_XATTR, OPAQUE_VALUE)
    else {
      this.#directories.forget(directory)
      this.#removeUnplacedBelow(directory.descriptor, directory.path)
    }
    if (directory.path === '') this.hidesAll = true
    else this.#placed.add(splitPath(directory.path).directory, directory.path)
  }

  /** The name is about to be taken by an entry: true when a whiteout lies there. */
  forget(path: ByteString): boolean {
    return this.names.delete(path)
  }

  /** A directory at or above `path` was hidden and now has entries: a new one that hides the old. True when there was one. */
  revive(path: ByteString): boolean {
    for (let above = path; above !== ''; above = splitPath(above).directory)
      if (this.names.has(above)) {
        const {directory, base} = splitPath(above)
        this.replace(this.#directories.ensure(directory).descriptor, base, above)
        return true
      }
    return false
  }

  /** Puts a directory in the place of a whiteout, which hides what the whiteout hid. */
  replace(directory: number, base: ByteString, path: ByteString): void {
    unlinkAt(directory, base)
    this.names.delete(path)
    mkdirAt(directory, base, 0o755)
    makeOpaque(directory, base)
  }

  #removeUnplaced(directory: number, name: ByteString, path: ByteString): void {
    if (!this.#placed.has(path)) {
      removeTreeAt(directory, name)
      return
    }
    if (!isDirectory(directory, name)) return
    const below = openAt(directory, name, OPEN_DIRECTORY)
    try {
      this.#removeUnplacedBelow(below, path)
    } finally {
      closeSync(below)
    }
  }

  #removeUnplacedBelow(directory: number, path: ByteString): void {
    for (const name of namesIn(directory)) this.#removeUnplaced(directory, name, joinPath(path, name))
  }
}

/** A directory that the archive placed no longer shows what lies below it; anything else never did. */
export function makeOpaque(directory: number, name: ByteString): void {
  if (!isDirectory(directory, name)) return
  const descriptor = openAt(directory, name, OPEN_DIRECTORY)
  try {
    setXattr(descriptor, OPAQUE_XATTR, OPAQUE_VALUE)
  } finally {
    closeSync(descriptor)
  }
}

function isDirectory(directory: number, name: ByteString): boolean {
  return (statAt(directory, name).mode & TYPE) === DIRECTORY
}
