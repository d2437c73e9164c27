import {mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'
import type {Layout} from './layout.ts'

/**
 * Names, each a symbolic link whose target is the id of what has it: one system call makes it with its content or fails
 * because it is there, whoever else tries. It is an index: the record it points to decides, so a link to nothing, or to a
 * container that has another name by now, is free. Claims are made under the registry's lock.
 */
export class NameRegistry {
  readonly #layout: Layout

  constructor(layout: Layout) {
    this.#layout = layout
  }

  find(name: string): string | undefined {
    try {
      return readlinkSync(this.#layout.name(name))
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR', 'EINVAL', 'ENAMETOOLONG')) return undefined
      throw error
    }
  }

  /** @returns the id of the owner when it is taken by somebody for whom `owns` is true */
  claim(name: string, id: string, owns: (owner: string) => boolean): string | undefined {
    const owner = this.find(name)
    if (owner === id) return undefined
    if (owner !== undefined && owns(owner)) return owner
    if (owner !== undefined) rmSync(this.#layout.name(name), {force: true})
    this.#link(name, id)
    return undefined
  }

  /** Frees the name when `id` has it. */
  release(name: string, id: string): void {
    if (this.find(name) === id) rmSync(this.#layout.name(name), {force: true})
  }

  list(): string[] {
    try {
      return readdirSync(this.#layout.names)
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }

  #link(name: string, id: string): void {
    try {
      symlinkSync(id, this.#layout.name(name))
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
      mkdirSync(this.#layout.names, {recursive: true, mode: 0o700})
      symlinkSync(id, this.#layout.name(name))
    }
  }
}
