import type {Readable} from 'node:stream'
import type {ByteString, IDMappings} from '../../src/host/index.ts'
import {openDecompressed} from '../decompress.ts'
import type {TarEntry} from '../tar/tar-entry.ts'
import {TarReader, type TarSink} from '../tar/tar-reader.ts'
import {entryPath} from './entry-path.ts'
import {LayerPlacer} from './layer-placer.ts'
import {ownerOutside} from './mapped-owner.ts'
import type {OpenFile} from './open-layer-file.ts'

export interface UnpackRequest {
  /** Tar, plain or compressed. */
  readonly source: Readable
  /** A directory of the host that counts as the root directory of `path` and of every link on the way. */
  readonly root: string
  /** The directory inside `root` that the entries go below; made when missing. */
  readonly path: string
  /** Owner of everything, in place of what the archive says. */
  readonly chown?: {readonly uid: number; readonly gid: number}
  /** The owners, `chown` as well, are those of this user namespace. */
  readonly idMaps?: IDMappings
  /** New names of entries, and of what lies below them. */
  readonly rename?: Readonly<Record<string, string>>
  /** Refuse to replace a directory by something else, and the other way round. */
  readonly noOverwriteDirNonDir?: boolean
}

/**
 * Unpacks a tar into a tree, as cp and ADD do: names of whiteouts mean nothing, what has the name of an entry is
 * replaced. Nothing outside `root` is touched, also while a container changes the tree.
 * @throws ERR_ARCHIVE_INVALID, ERR_LAYER_ENTRY, ERR_LAYER_ESCAPE, ERR_REFUSED (a directory in the way), ERR_IO
 */
export async function unpackTree(request: UnpackRequest): Promise<void> {
  using placer = new LayerPlacer({
    directory: request.root,
    prefix: entryPath(Buffer.from(request.path).toString('latin1')),
    whiteouts: 'literal',
    hasParent: true,
    keepsDirectories: request.noOverwriteDirNonDir,
  })
  const reader = new TarReader(new UnpackSink(placer, request))
  try {
    const {chunks} = await openDecompressed(request.source as AsyncIterable<Buffer>)
    for await (const chunk of chunks) reader.push(chunk)
    reader.end()
    placer.finish()
  } finally {
    request.source.destroy()
  }
}

class UnpackSink implements TarSink {
  readonly #placer: LayerPlacer
  readonly #request: UnpackRequest
  #file: OpenFile | undefined

  constructor(placer: LayerPlacer, request: UnpackRequest) {
    this.#placer = placer
    this.#request = request
  }

  structure(): void {}

  entry(entry: TarEntry): void {
    const {chown, idMaps, rename = {}} = this.#request
    const name = renamed(entry.name, rename)
    const linkName = entry.type === 'hardlink' ? renamed(entry.linkName, rename) : entry.linkName
    const owner = {uid: entry.uid, gid: entry.gid, ...chown}
    this.#file = this.#placer.place({...entry, name, linkName, ...(idMaps ? ownerOutside(idMaps, owner) : owner)})
  }

  content(bytes: Buffer, position: number): void {
    this.#file?.write(bytes, position)
  }

  entryEnd(): void {
    this.#file?.close()
    this.#file = undefined
  }
}

function renamed(name: ByteString, rename: Readonly<Record<string, string>>): ByteString {
  const path = entryPath(name)
  for (const [from, to] of Object.entries(rename)) {
    const [old, replacement] = [Buffer.from(from).toString('latin1'), Buffer.from(to).toString('latin1')]
    if (path === old || path.startsWith(`${old}/`)) return replacement + path.slice(old.length)
  }
  return name
}
