import {createReadStream, type Stats} from 'node:fs'
import {lstat, readdir, readlink} from 'node:fs/promises'
import {join} from 'node:path'
import type {Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {type Pack, pack} from 'tar-stream'

type Kind = 'file' | 'directory' | 'symlink' | 'fifo' | 'character-device' | 'block-device'

/** Writes a file or directory of the host as a tar; its root entry is called `rootName`. Sockets are left out. */
export async function packTree(path: string, rootName: string, target: Writable): Promise<void> {
  const archive = pack()
  const written = pipeline(archive, target)
  try {
    await new TreePacker(archive).add(path, rootName)
    archive.finalize()
  } catch (error) {
    archive.destroy(error as Error)
    await written.catch(() => undefined)
    throw error
  }
  await written
}

class TreePacker {
  readonly #archive: Pack
  /** First name of each file that has several, by device and inode. */
  readonly #linked = new Map<string, string>()

  constructor(archive: Pack) {
    this.#archive = archive
  }

  async add(path: string, name: string): Promise<void> {
    const facts = await lstat(path)
    const kind = kindOf(facts)
    if (!kind) return
    await this.#entry(path, name, kind, facts)
    if (kind !== 'directory') return
    for (const child of (await readdir(path)).sort()) await this.add(join(path, child), `${name}/${child}`)
  }

  async #entry(path: string, name: string, kind: Kind, facts: Stats): Promise<void> {
    const header = {name, mode: facts.mode & 0o7777, uid: facts.uid, gid: facts.gid, mtime: facts.mtime, type: kind}
    const first = this.#firstName(name, facts, kind)
    if (first !== undefined) await this.#put({...header, type: 'link', linkname: first})
    else if (kind === 'symlink') await this.#put({...header, linkname: await readlink(path)})
    else if (kind !== 'file') await this.#put({...header, ...deviceNumbers(facts)})
    else
      await pipeline(
        createReadStream(path, {end: Math.max(0, facts.size - 1)}),
        this.#open({...header, size: facts.size}),
      )
  }

  #firstName(name: string, facts: Stats, kind: Kind): string | undefined {
    if (facts.nlink < 2 || kind === 'directory') return undefined
    const inode = `${facts.dev}:${facts.ino}`
    const first = this.#linked.get(inode)
    if (first === undefined) this.#linked.set(inode, name)
    return first
  }

  #open(header: Parameters<Pack['entry']>[0]): ReturnType<Pack['entry']> {
    return this.#archive.entry(header)
  }

  async #put(header: Parameters<Pack['entry']>[0]): Promise<void> {
    const {promise, resolve, reject} = Promise.withResolvers<void>()
    this.#archive.entry(header, (error) => (error ? reject(error) : resolve()))
    await promise
  }
}

function kindOf(facts: Stats): Kind | undefined {
  if (facts.isFile()) return 'file'
  if (facts.isDirectory()) return 'directory'
  if (facts.isSymbolicLink()) return 'symlink'
  if (facts.isFIFO()) return 'fifo'
  if (facts.isCharacterDevice()) return 'character-device'
  return facts.isBlockDevice() ? 'block-device' : undefined
}

/** @see makedev(3) */
function deviceNumbers({rdev}: Stats): {devmajor: number; devminor: number} {
  return {devmajor: (rdev >> 8) & 0xfff, devminor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00)}
}
