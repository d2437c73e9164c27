import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  symlinkSync,
} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {mknodAt} from '../../host/index.ts'
import {copyAttributes} from './attributes.ts'
import type {ContextFilter} from './ignore.ts'

export interface CopyOptions {
  /** Undefined keeps the source's. */
  readonly owner?: {readonly uid: number; readonly gid: number}
  /** Permission bits for files and directories; undefined keeps the source's. */
  readonly mode?: number
  /** Set-user-id and set-group-id bits are not taken over. */
  readonly stripsSetID?: boolean
  /** Which paths, relative to the source, are copied. */
  readonly includes: ContextFilter
}

/**
 * Copies a file, link, device or directory's content to `target`, whose parent exists. Directories are merged; a file
 * takes the place of a file or link, not of a directory. Times, modes, extended attributes and hard links within the
 * source are kept. A target that is a directory already keeps its own status. Sockets are passed over.
 * @throws ERR_REFUSED for a file over a directory
 */
export function copyTree(source: string, target: string, options: CopyOptions): void {
  using copy = new TreeCopy(options)
  copy.copy(source, target, '')
}

class TreeCopy implements Disposable {
  readonly #options: CopyOptions
  /** Where a file with several names went first. */
  readonly #links = new Map<string, string>()
  readonly #top = openSync('/', constants.O_RDONLY | constants.O_DIRECTORY)

  constructor(options: CopyOptions) {
    this.#options = options
  }

  copy(source: string, target: string, path: string): void {
    const stat = lstatSync(source)
    if (stat.isDirectory()) this.#directory(source, target, stat, path)
    else if (!stat.isSocket()) this.#other(source, target, stat)
  }

  #directory(source: string, target: string, stat: Stats, path: string): void {
    const there = lstatSync(target, {throwIfNoEntry: false})
    if (there && !there.isDirectory()) rmSync(target)
    if (!there?.isDirectory()) mkdirSync(target)
    for (const name of readdirSync(source)) {
      const inner = path === '' ? name : `${path}/${name}`
      if (this.#options.includes(inner) || this.#holdsIncluded(join(source, name), inner))
        this.copy(join(source, name), join(target, name), inner)
    }
    if (path !== '' || !there) this.#applyStatus(source, target, stat)
  }

  /** A directory that is left out as such is made all the same when a negated pattern lets something in it through. */
  #holdsIncluded(source: string, path: string): boolean {
    if (!lstatSync(source).isDirectory()) return false
    return readdirSync(source).some((name) => {
      const inner = `${path}/${name}`
      return this.#options.includes(inner) || this.#holdsIncluded(join(source, name), inner)
    })
  }

  #other(source: string, target: string, stat: Stats): void {
    const there = lstatSync(target, {throwIfNoEntry: false})
    if (there?.isDirectory()) throw new EngineError('ERR_REFUSED', `cannot copy file over directory: ${target}`)
    if (there) rmSync(target)
    const key = `${stat.dev}:${stat.ino}`
    const first = stat.nlink > 1 ? this.#links.get(key) : undefined
    if (first === undefined) this.#make(source, target, stat)
    else linkSync(first, target)
    if (first === undefined) this.#links.set(key, target)
  }

  #make(source: string, target: string, stat: Stats): void {
    if (stat.isSymbolicLink()) symlinkSync(readlinkSync(source), target)
    else if (stat.isFile()) copyFileSync(source, target, constants.COPYFILE_FICLONE)
    else makeNode(this.#top, target, stat)
    this.#applyStatus(source, target, stat)
  }

  /** The owner first: changing it takes set-id bits and capabilities away. */
  #applyStatus(source: string, target: string, stat: Stats): void {
    const {owner, mode, stripsSetID} = this.#options
    lchownSync(target, owner?.uid ?? stat.uid, owner?.gid ?? stat.gid)
    if (!stat.isSymbolicLink()) chmodSync(target, mode ?? stat.mode & (stripsSetID ? 0o1777 : 0o7777))
    copyAttributes(this.#top, source, target)
    lutimesSync(target, stat.atime, stat.mtime)
  }

  [Symbol.dispose](): void {
    closeSync(this.#top)
  }
}

/** @see makedev(3) */
function makeNode(top: number, target: string, {mode, rdev}: Stats): void {
  const number = BigInt(rdev)
  const major = Number(((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n))
  const minor = Number((number & 0xffn) | ((number >> 12n) & 0xffffff00n))
  mknodAt(top, Buffer.from(target.slice(1)).toString('latin1'), mode, major, minor)
}
