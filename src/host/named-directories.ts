import {randomBytes} from 'node:crypto'
import {mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'
import {syncDirectory} from './atomic-file.ts'
import {LockFile} from './lock-file.ts'

/**
 * Directories that each hold one named object. One is filled as `.new-*` and renamed in, so that the rename decides
 * between two who make the same name, and renamed to `.rm-*` before it is deleted: whoever is killed leaves only what
 * `sweep` removes, which whoever comes next to make or remove one calls.
 */
export class NamedDirectories {
  readonly #root: string
  readonly #lockPath: string

  /** @param lockPath shared by those who fill or empty a directory, exclusive for the one who sweeps */
  constructor(root: string, lockPath: string) {
    this.#root = root
    this.#lockPath = lockPath
  }

  path(name: string): string {
    return join(this.#root, name)
  }

  /** False when there is one of that name already; nothing is left then, nor when `fill` fails. */
  async create(name: string, fill: (directory: string) => unknown): Promise<boolean> {
    this.sweep()
    using _lock = await LockFile.acquire(this.#lockPath, {shared: true})
    mkdirSync(this.#root, {recursive: true, mode: 0o700})
    const aside = mkdtempSync(join(this.#root, '.new-'))
    try {
      await fill(aside)
      renameSync(aside, this.path(name))
    } catch (error) {
      rmSync(aside, {recursive: true, force: true})
      if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return false
      throw error
    }
    syncDirectory(this.#root)
    return true
  }

  /** A missing one is success. */
  async remove(name: string): Promise<void> {
    this.sweep()
    using _lock = await LockFile.acquire(this.#lockPath, {shared: true})
    const doomed = join(this.#root, `.rm-${randomBytes(8).toString('hex')}`)
    try {
      renameSync(this.path(name), doomed)
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return
      throw error
    }
    syncDirectory(this.#root)
    rmSync(doomed, {recursive: true, force: true})
  }

  /** In order of names. */
  names(): readonly string[] {
    return this.#entries().filter((name) => !name.startsWith('.'))
  }

  /** Removes what killed processes left, unless somebody makes or removes one just now. */
  sweep(): void {
    const isLeft = (name: string) => /^\.(new|rm)-/.test(name)
    if (!this.#entries().some(isLeft)) return
    using lock = LockFile.tryAcquire(this.#lockPath)
    if (!lock) return
    for (const name of this.#entries().filter(isLeft)) rmSync(this.path(name), {recursive: true, force: true})
  }

  #entries(): readonly string[] {
    try {
      return readdirSync(this.#root).sort()
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }
}
