import {createWriteStream} from 'node:fs'
import {chmod, link, lstat, mkdir, realpath, rm, symlink, utimes} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import type {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {extract, type Header} from 'tar-stream'
import {EngineError, isErrno} from '../../errors/index.ts'

/**
 * Unpacks a tar below a directory of the host. Nothing is written outside of it whatever the names and links in the tar
 * say: every parent is a real directory below. Devices are left out.
 * @throws ERR_LAYER_ESCAPE, ERR_REFUSED
 */
export async function unpackTree(directory: string, source: Readable, strict: boolean): Promise<void> {
  const tree = new HostTree(await realpath(directory), strict)
  const archive = extract()
  const reading = pipeline(source, archive)
  reading.catch(() => undefined)
  for await (const entry of archive) {
    await tree.place(entry.header, entry as unknown as Readable)
    entry.resume()
  }
  await reading
  await tree.settle()
}

class HostTree {
  readonly #root: string
  readonly #strict: boolean
  /** Directories get their mode and time last: writing into them needs the one and changes the other. */
  readonly #directories: {readonly path: string; readonly header: Header}[] = []

  constructor(root: string, strict: boolean) {
    this.#root = root
    this.#strict = strict
  }

  async place(header: Header, content: Readable): Promise<void> {
    const path = await this.#target(header.name)
    await this.#makeRoom(path, header.type === 'directory')
    switch (header.type) {
      case 'directory':
        await mkdir(path, {recursive: true})
        this.#directories.push({path, header})
        return
      case 'symlink':
        return symlink(header.linkname ?? '', path)
      case 'link':
        return link(await this.#target(header.linkname ?? ''), path)
      case 'file':
      case 'contiguous-file':
        await pipeline(content, createWriteStream(path, {mode: 0o600, flags: 'wx'}))
        return setAttributes(path, header)
      default:
        return
    }
  }

  async settle(): Promise<void> {
    for (const {path, header} of this.#directories.reverse()) await setAttributes(path, header)
  }

  /** The place of an entry: its parent exists, and is below the root with all links followed. */
  async #target(name: string): Promise<string> {
    const path = join(this.#root, name)
    if (path !== this.#root && relative(this.#root, path).startsWith('..')) throw escapes(name)
    if (path === this.#root) return path
    const parent = dirname(path)
    await mkdir(parent, {recursive: true})
    if ((await realpath(parent)) !== parent) throw escapes(name)
    return path
  }

  async #makeRoom(path: string, forDirectory: boolean): Promise<void> {
    const there = await lstat(path).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    })
    if (!there || (there.isDirectory() && forDirectory)) return
    if (this.#strict && there.isDirectory() !== forDirectory)
      throw new EngineError('ERR_REFUSED', clash(path, forDirectory))
    await rm(path, {recursive: true})
  }
}

async function setAttributes(path: string, header: Header): Promise<void> {
  await chmod(path, (header.mode ?? 0o644) & 0o7777)
  if (header.mtime) await utimes(path, header.mtime, header.mtime)
}

function escapes(name: string): EngineError {
  return new EngineError('ERR_LAYER_ESCAPE', JSON.stringify(name))
}

function clash(path: string, forDirectory: boolean): string {
  return forDirectory
    ? `cannot overwrite non-directory "${path}" with directory`
    : `cannot overwrite directory "${path}" with non-directory`
}
