import {mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import type {Layout} from './layout.ts'

/**
 * Who depends on whom: `dependents/ID/DEPENDENT`, empty files. An index over the `dependencies` of the configs, changed
 * under the registry's lock.
 */
export class DependencyRegistry {
  readonly #layout: Layout

  constructor(layout: Layout) {
    this.#layout = layout
  }

  add(dependent: string, dependencies: readonly string[]): void {
    for (const id of dependencies) {
      mkdirSync(this.#layout.dependentsOf(id), {recursive: true, mode: 0o700})
      writeFileSync(join(this.#layout.dependentsOf(id), dependent), '', {mode: 0o600})
    }
  }

  remove(dependent: string, dependencies: readonly string[]): void {
    for (const id of dependencies) {
      rmSync(join(this.#layout.dependentsOf(id), dependent), {force: true})
      this.#removeIfEmpty(this.#layout.dependentsOf(id))
    }
  }

  of(id: string): string[] {
    return list(this.#layout.dependentsOf(id))
  }

  /** IDs that something depends on. */
  targets(): string[] {
    return list(this.#layout.dependents)
  }

  #removeIfEmpty(directory: string): void {
    try {
      rmdirSync(directory)
    } catch (error) {
      if (!isErrno(error, 'ENOTEMPTY', 'ENOENT', 'EEXIST')) throw error
    }
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
