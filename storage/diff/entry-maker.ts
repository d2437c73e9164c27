import {closeSync} from 'node:fs'
import {EngineError, isErrno} from '../../src/errors/index.ts'
import {type ByteString, linkAt, mkdirAt, mknodAt, openAt, openFlags, statAt, symlinkAt} from '../../src/host/index.ts'
import type {TarEntry} from '../tar/tar-entry.ts'
import {setAttributes, setAttributesAt} from './attributes.ts'
import {quote, splitPath} from './entry-path.ts'
import {FreshNames, isDirectoryAt, type NameKeepers} from './fresh-names.ts'
import {type LayerName, nameIn} from './layer-name.ts'
import {type OpenFile, OpenLayerFile} from './open-layer-file.ts'

const CHARACTER_DEVICE = 0o020000
const BLOCK_DEVICE = 0o060000
const FIFO = 0o010000
const OPEN_DIRECTORY = openFlags.readOnly | openFlags.directory | openFlags.noFollow
const CREATE = openFlags.writeOnly | openFlags.create | openFlags.exclusive | openFlags.noFollow

/** Makes the files of a layer, each kind in its way, with the attributes that its entry says. */
export class EntryMaker implements Disposable {
  readonly #keepers: NameKeepers
  readonly #names: FreshNames
  #open: OpenLayerFile | undefined

  constructor(keepers: NameKeepers, keepsDirectories: boolean) {
    this.#keepers = keepers
    this.#names = new FreshNames(keepers, keepsDirectories)
  }

  /** `linkPath`: of a hard link, the path of the other name. */
  make(name: LayerName, entry: TarEntry, linkPath: ByteString | undefined): OpenFile | undefined {
    switch (entry.type) {
      case 'file':
        return this.#makeFile(name, entry)
      case 'directory':
        this.#makeDirectory(name, entry)
        return undefined
      case 'hardlink':
        this.#makeHardLink(name, entry, linkPath ?? '')
        return undefined
      default:
        this.#makeSpecial(name, entry)
        return undefined
    }
  }

  [Symbol.dispose](): void {
    this.#open?.abandon()
  }

  #makeFile(name: LayerName, entry: TarEntry): OpenFile {
    const {directory, base, path} = name
    const descriptor = this.#names.make(name, () => openAt(directory.descriptor, base, CREATE, 0o600))
    this.#keepers.replaced.countFile()
    this.#open = new OpenLayerFile(descriptor, path, entry)
    return this.#open
  }

  #makeSpecial(name: LayerName, entry: TarEntry): void {
    const {descriptor: at} = name.directory
    const {base} = name
    this.#names.make(name, () => {
      if (entry.type === 'symlink') symlinkAt(entry.linkName, at, base)
      else if (entry.type === 'fifo') mknodAt(at, base, FIFO | 0o600)
      else {
        const type = entry.type === 'block-device' ? BLOCK_DEVICE : CHARACTER_DEVICE
        mknodAt(at, base, type | 0o600, entry.deviceMajor, entry.deviceMinor)
      }
    })
    setAttributesAt(at, base, entry)
  }

  #makeDirectory(name: LayerName, entry: TarEntry): void {
    const {directories, hiding, times} = this.#keepers
    const {directory, base, path} = name
    const at = directory.descriptor
    if (hiding.names.has(path)) hiding.replace(at, base, path)
    else if (!mkdirIfFree(at, base) && !isDirectoryAt(name)) {
      this.#names.clearForDirectory(name)
      mkdirAt(at, base, 0o700)
    }
    const descriptor = openAt(at, base, OPEN_DIRECTORY)
    try {
      setAttributes(descriptor, entry)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
    directories.adopt(path, descriptor)
    times.set(path, entry.mtime)
  }

  /** Its attributes are the other name's: to set them again would clear file capabilities. */
  #makeHardLink(name: LayerName, entry: TarEntry, linkPath: ByteString): void {
    if (this.#linkTarget(entry, linkPath).path === name.path) return
    this.#names.make(name, () => {
      // looked up each time: when a name is cleared, open directories are closed
      const target = this.#linkTarget(entry, linkPath)
      linkAt(target.directory.descriptor, target.base, name.directory.descriptor, name.base)
    })
  }

  #linkTarget({name, linkName}: TarEntry, linkPath: ByteString): LayerName {
    const {directory, base} = splitPath(linkPath)
    const found = base === '' ? undefined : this.#keepers.directories.find(directory)
    const target = found && nameIn(found, base)
    if (target && !this.#keepers.hiding.names.has(target.path) && hasEntry(target)) return target
    throw new EngineError(
      'ERR_LAYER_ENTRY',
      `${quote(name)}: hard link to ${quote(linkName)}, which is not in the layer`,
    )
  }
}

/** False when there is something of that name. */
function mkdirIfFree(directory: number, base: ByteString): boolean {
  try {
    mkdirAt(directory, base, 0o700)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}

function hasEntry({directory, base}: LayerName): boolean {
  try {
    statAt(directory.descriptor, base)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}
