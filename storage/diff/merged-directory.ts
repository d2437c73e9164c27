import {closeSync, openSync, readdirSync} from 'node:fs'
import {isErrno} from '../../src/errors/index.ts'
import {type ByteString, type FileStatus, getXattrAt, openAt, openFlags, statAt} from '../../src/host/index.ts'
import {OPAQUE_XATTR} from './whiteout.ts'

const OPEN = openFlags.readOnly | openFlags.directory | openFlags.noFollow
const TYPE = 0o170000
const DIRECTORY = 0o040000
const CHARACTER_DEVICE = 0o020000

/**
 * A directory as an overlay of some layers would show it, without a mount. `descriptors` are the same directory in the
 * layers that have it, nearest first. Follows no link.
 */
export class MergedDirectory implements Disposable {
  readonly #descriptors: readonly number[]

  private constructor(descriptors: readonly number[]) {
    this.#descriptors = descriptors
  }

  static open(paths: readonly string[]): MergedDirectory {
    return new MergedDirectory(paths.map((path) => openSync(path, openFlags.readOnly | openFlags.directory)))
  }

  /** Undefined when no layer has it, or a nearer one hides it. */
  status(name: ByteString): FileStatus | undefined {
    for (const descriptor of this.#descriptors) {
      const status = statusAt(descriptor, name)
      if (status) return isWhiteout(status) ? undefined : status
    }
    return undefined
  }

  /** Of the directory itself. */
  ownStatus(): FileStatus | undefined {
    const nearest = this.#descriptors[0]
    return nearest === undefined ? undefined : statAt(nearest, '')
  }

  xattr(name: ByteString, attribute: ByteString): Buffer | undefined {
    const holder = this.#descriptors.find((descriptor) => statusAt(descriptor, name))
    return holder === undefined ? undefined : getXattrAt(holder, name, attribute)
  }

  /** Undefined when it is no directory. */
  enter(name: ByteString): MergedDirectory | undefined {
    const below: number[] = []
    for (const descriptor of this.#descriptors) {
      const status = statusAt(descriptor, name)
      if (!status) continue
      if ((status.mode & TYPE) !== DIRECTORY) break
      below.push(openAt(descriptor, name, OPEN))
      if (isOpaque(descriptor, name)) break
    }
    return below.length === 0 ? undefined : new MergedDirectory(below)
  }

  /** The status of what lies at a path with several parts. */
  statusOf(path: ByteString): FileStatus | undefined {
    const slash = path.indexOf('/')
    if (slash < 0) return this.status(path)
    using below = this.enter(path.slice(0, slash))
    return below?.statusOf(path.slice(slash + 1))
  }

  names(): Set<ByteString> {
    const [shown, hidden] = [new Set<ByteString>(), new Set<ByteString>()]
    for (const descriptor of this.#descriptors) {
      const entries = readdirSync(`/proc/self/fd/${descriptor}`, {withFileTypes: true, encoding: 'latin1'})
      for (const entry of entries) {
        if (hidden.has(entry.name)) continue
        const status = entry.isCharacterDevice() ? statusAt(descriptor, entry.name) : undefined
        if (!status || !isWhiteout(status)) shown.add(entry.name)
        hidden.add(entry.name)
      }
    }
    return shown
  }

  [Symbol.dispose](): void {
    for (const descriptor of this.#descriptors) closeSync(descriptor)
  }
}

/** A character device 0/0 is overlayfs' whiteout. */
export function isWhiteout({mode, deviceMajor, deviceMinor}: FileStatus): boolean {
  return (mode & TYPE) === CHARACTER_DEVICE && deviceMajor === 0 && deviceMinor === 0
}

export function isOpaque(directory: number, name: ByteString): boolean {
  return getXattrAt(directory, name, OPAQUE_XATTR)?.toString('latin1') === 'y'
}

function statusAt(directory: number, name: ByteString): FileStatus | undefined {
  try {
    return statAt(directory, name)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
