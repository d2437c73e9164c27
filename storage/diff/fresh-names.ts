import {EngineError, isErrno} from '../../src/errors/index.ts'
import {type ByteString, statAt} from '../../src/host/index.ts'
import type {DirectoryTimes} from './directory-times.ts'
import {quote} from './entry-path.ts'
import type {LayerDirectories} from './layer-directories.ts'
import type {LayerName} from './layer-name.ts'
import type {LayerWhiteouts} from './layer-whiteouts.ts'
import type {PlacedPaths} from './placed-paths.ts'
import {removeTreeAt} from './remove-tree.ts'
import type {ReplacedFiles} from './replaced-files.ts'

const TYPE = 0o170000
const DIRECTORY = 0o040000

/** All that remembers something of a name, and must forget it when the name is taken away. */
export interface NameKeepers {
  readonly directories: LayerDirectories
  readonly placed: PlacedPaths
  readonly hiding: LayerWhiteouts
  readonly replaced: ReplacedFiles
  readonly times: DirectoryTimes
}

/** Makes each name anew: what has it already is never opened or written, but taken away first. */
export class FreshNames {
  readonly #keepers: NameKeepers
  readonly #keepsDirectories: boolean

  /** `keepsDirectories`: refuse to put a directory where something else is, and the other way round. */
  constructor(keepers: NameKeepers, keepsDirectories: boolean) {
    this.#keepers = keepers
    this.#keepsDirectories = keepsDirectories
  }

  /** Runs `create`, which must fail with EEXIST when the name is taken; what has the name is removed then. */
  make<T>(name: LayerName, create: () => T): T {
    try {
      return create()
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error
      if (isDirectoryAt(name) && this.#keepsDirectories) throw refused('directory', name.path, 'non-directory')
      this.#clear(name)
      return create()
    }
  }

  /** A directory is about to take the name of something else. @throws ERR_REFUSED when that is not wanted */
  clearForDirectory(name: LayerName): void {
    if (this.#keepsDirectories) throw refused('non-directory', name.path, 'directory')
    this.#clear(name)
  }

  /** Takes a name away. What the archive itself placed there is kept aside: the layer's tar needs it. */
  #clear(name: LayerName): void {
    const {directories, placed, hiding, replaced, times} = this.#keepers
    const {directory, base, path} = name
    const isDirectory = isDirectoryAt(name)
    if (hiding.forget(path) || !placed.has(path)) removeTreeAt(directory.descriptor, base)
    else replaced.putAside(name)
    if (isDirectory) {
      placed.deleteTree(path)
      times.deleteTree(path)
    }
    directories.forget(directory)
  }
}

export function isDirectoryAt({directory, base}: LayerName): boolean {
  return (statAt(directory.descriptor, base).mode & TYPE) === DIRECTORY
}

/** As podman cp words it. */
function refused(there: string, path: ByteString, wanted: string): EngineError {
  return new EngineError('ERR_REFUSED', `cannot overwrite ${there} ${quote(`/${path}`)} with ${wanted}`)
}
