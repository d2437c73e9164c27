import {createHash, type Hash} from 'node:crypto'
import {closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats} from 'node:fs'
import {join} from 'node:path'
import {attributesOf} from './attributes.ts'
import type {ContextFilter} from './ignore.ts'

const BLOCK_BYTES = 1 << 17

/**
 * A digest of what a copy takes from a source: names, kinds, modes, links, attributes and content, not times. Two trees
 * with the same fingerprint give the same layer.
 * @param withOwner owners count too, when the copy keeps them
 */
export function fingerprint(source: string, includes: ContextFilter, withOwner: boolean): string {
  using print = new Fingerprint(includes, withOwner)
  return print.of(source)
}

class Fingerprint implements Disposable {
  readonly #hash: Hash = createHash('sha256')
  readonly #includes: ContextFilter
  readonly #withOwner: boolean
  readonly #firstNames = new Map<string, string>()
  readonly #top = openSync('/', 'r')
  /** One for all files: a megabyte for each of a thousand small ones would stay until memory is collected. */
  readonly #block = Buffer.allocUnsafe(BLOCK_BYTES)

  constructor(includes: ContextFilter, withOwner: boolean) {
    this.#includes = includes
    this.#withOwner = withOwner
  }

  of(source: string): string {
    this.#add(source, '')
    return this.#hash.digest('hex')
  }

  #add(source: string, path: string): void {
    const stat = lstatSync(source)
    if (this.#includes(path)) this.#addEntry(source, path, stat)
    if (!stat.isDirectory()) return
    for (const name of readdirSync(source).sort()) this.#add(join(source, name), path === '' ? name : `${path}/${name}`)
  }

  #addEntry(source: string, path: string, stat: Stats): void {
    const link = stat.isSymbolicLink() ? readlinkSync(source) : ''
    const facts = [
      ...[path, stat.mode, link, stat.rdev, stat.isFile() ? stat.size : 0],
      ...[this.#withOwner ? [stat.uid, stat.gid] : [], this.#sameFileAs(stat, path)],
      attributesOf(this.#top, source).map(([name, value]) => [name, value.toString('hex')]),
    ]
    this.#hash.update(JSON.stringify(facts))
    if (stat.isFile()) this.#addContent(source)
  }

  #sameFileAs({nlink, dev, ino}: Stats, path: string): string {
    if (nlink < 2) return ''
    const first = this.#firstNames.get(`${dev}:${ino}`)
    if (first === undefined) this.#firstNames.set(`${dev}:${ino}`, path)
    return first ?? ''
  }

  #addContent(path: string): void {
    const descriptor = openSync(path, 'r')
    try {
      for (let read = readSync(descriptor, this.#block); read > 0; read = readSync(descriptor, this.#block))
        this.#hash.update(this.#block.subarray(0, read))
    } finally {
      closeSync(descriptor)
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#top)
  }
}
