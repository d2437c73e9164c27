import {randomInt} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../../src/errors/index.ts'
import {syncDirectory} from '../../src/host/index.ts'

const NAMES = 36 ** 4

/**
 * Short names for layers. mount(2) takes one page of options, and a layer's own path is some hundred bytes: by these
 * links more than a hundred layers fit.
 */
export class LinkNames {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  /** Makes a link to `target` (relative to the directory of links) and returns its name. */
  add(target: string): string {
    for (;;) {
      const name = randomInt(NAMES).toString(36)
      try {
        symlinkSync(target, join(this.directory, name))
        return name
      } catch (error) {
        if (isErrno(error, 'ENOENT')) mkdirSync(this.directory, {recursive: true, mode: 0o700})
        else if (!isErrno(error, 'EEXIST')) throw error
      }
    }
  }

  /** Makes a link again when it was lost. @throws ERR_INTERNAL when the name belongs to another by now */
  ensure(name: string, target: string): void {
    const found = this.target(name)
    if (found === target) return
    if (found !== undefined) throw new EngineError('ERR_INTERNAL', `link ${name} points to ${found}`)
    mkdirSync(this.directory, {recursive: true, mode: 0o700})
    symlinkSync(target, join(this.directory, name))
    syncDirectory(this.directory)
  }

  target(name: string): string | undefined {
    try {
      return readlinkSync(join(this.directory, name))
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    }
  }

  remove(name: string): void {
    rmSync(join(this.directory, name), {force: true})
  }

  path(name: string): string {
    return join(this.directory, name)
  }

  dangling(): string[] {
    return this.#names().filter((name) => !existsSync(join(this.directory, name)))
  }

  #names(): string[] {
    try {
      return readdirSync(this.directory)
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }
}
