import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import {dirname, join} from 'node:path'
import {isErrno} from '../errors/index.ts'
import {LockFile} from '../host/index.ts'

/**
 * Addresses on a bridge that engines with different directories have in common: one file per network namespace, bridge and
 * address. It names the record of the container that has the address, and counts no longer than that is there: so what
 * a killed process took, or an engine whose directories were deleted, is free again.
 */
export class HostAddresses {
  readonly #directory: string

  /** @param directory one for the whole host, emptied by a boot */
  constructor(directory: string) {
    this.#directory = directory
  }

  /** False when another's container has it. @param record path of a file that is there for as long as the container needs it */
  take(bridge: string, address: string, record: string): boolean {
    const path = this.#path(bridge, address)
    const draft = join(dirname(path), `.${process.pid}-${address}`)
    for (;;) {
      try {
        mkdirSync(dirname(path), {recursive: true, mode: 0o700})
        writeFileSync(draft, record, {mode: 0o600})
        return this.#place(draft, path, record)
      } catch (error) {
        // The last one to leave took the directory away.
        if (!isErrno(error, 'ENOENT')) throw error
      } finally {
        rmSync(draft, {force: true})
      }
    }
  }

  release(bridge: string, address: string, record: string): void {
    const path = this.#path(bridge, address)
    if (read(path) !== record) return
    rmSync(path, {force: true})
    for (const directory of [dirname(path), dirname(dirname(path))])
      try {
        rmdirSync(directory)
      } catch (error) {
        if (!isErrno(error, 'ENOTEMPTY', 'ENOENT')) throw error
      }
  }

  #place(draft: string, path: string, record: string): boolean {
    try {
      linkSync(draft, path)
      return true
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error
    }
    // Two that find the same one left behind must not both have it. Who does not get the lock takes another address.
    using lock = LockFile.tryAcquire(join(this.#directory, '.lock'))
    const holder = read(path)
    if (holder === record) return true
    if (!lock || (holder !== undefined && existsSync(holder))) return false
    renameSync(draft, path)
    return true
  }

  #path(bridge: string, address: string): string {
    return join(this.#directory, String(statSync('/proc/self/ns/net').ino), bridge, address)
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
