import {openSync, readSync} from 'node:fs'
import {join} from 'node:path'
import {startupSnapshot} from 'node:v8'
import {compileFunction} from 'node:vm'
import {installRoot} from './install-root.ts'

type Require = (name: string) => unknown

/** Node's own `require`, and what gives a module of the bundle by its number. */
export interface BundleModules {
  readonly builtin: Require
  readonly hot: (index: number) => unknown
}

interface Loaded {
  exports: unknown
}

/**
 * Modules that lie outside the bundle, in a pack beside it: at start they cost nothing, not even the memory of their text.
 * Each is read, compiled and evaluated when it is first required. The pack is made by `scripts/build/cold-pack.ts`; its
 * texts name modules `hot:N` (in the bundle), `cold:N` (in the pack) or as Node does.
 */
export class ColdModules {
  readonly #pack: string
  readonly #modules: BundleModules
  readonly #loaded = new Map<number, Loaded>()
  #descriptor: number | undefined

  /** @param pack file name in `dist/` */
  constructor(pack: string, modules: BundleModules) {
    this.#pack = pack
    this.#modules = modules
  }

  /** The exports of a cold module, evaluated once. @param name for people: the file it was made from */
  load(index: number, name = `${index}`): unknown {
    // The pack that would be found now is that of the build before.
    if (startupSnapshot.isBuildingSnapshot()) throw new Error(`a rehearsal needs ${name}, which lies in ${this.#pack}`)
    const known = this.#loaded.get(index)
    if (known) return known.exports
    const module: Loaded = {exports: {}}
    this.#loaded.set(index, module)
    try {
      const evaluate = compileFunction(this.#text(index), ['module', 'exports', 'require'])
      evaluate(module, module.exports, (name: string) => this.#require(name))
    } catch (error) {
      this.#loaded.delete(index)
      throw error
    }
    return module.exports
  }

  #require(name: string): unknown {
    const colon = name.indexOf(':')
    const index = Number(name.slice(colon + 1))
    if (name.startsWith('cold:')) return this.load(index)
    if (name.startsWith('hot:')) return this.#modules.hot(index)
    return this.#modules.builtin(name)
  }

  #text(index: number): string {
    const place = this.#read(8 * index, 8)
    return this.#read(place.readUInt32LE(0), place.readUInt32LE(4)).toString('latin1')
  }

  #read(offset: number, length: number): Buffer {
    this.#descriptor ??= openSync(join(installRoot(), 'dist', this.#pack), 'r')
    const bytes = Buffer.allocUnsafe(length)
    readSync(this.#descriptor, bytes, 0, length, offset)
    return bytes
  }
}
