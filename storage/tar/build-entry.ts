import {EngineError} from '../../src/errors/index.ts'
import type {ByteString} from '../../src/host/index.ts'
import {type PaxRecords, paxNumber, paxText, paxTime} from './pax.ts'
import type {EntryType, TarEntry} from './tar-entry.ts'
import {invalid, type TarHeader} from './tar-header.ts'

const XATTR = 'SCHILY.xattr.'

const types: Readonly<Record<string, EntryType>> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
}

export interface BuiltEntry {
  readonly entry: TarEntry
  /** Bytes of content that follow the header. */
  readonly archivedBytes: number
  /** The file's real size when a sparse map in form 1.0 comes before its data. */
  readonly sparseText?: number
}

/** A header block and the extension headers before it make an entry. @throws ERR_ARCHIVE_INVALID, ERR_LAYER_ENTRY for a type of file that we do not know */
export function buildEntry(
  header: TarHeader,
  extensions: {readonly pax?: PaxRecords; readonly longName?: ByteString; readonly longLink?: ByteString},
): BuiltEntry {
  const pax = new PaxFields(extensions.pax)
  const name = pax.text('GNU.sparse.name') ?? pax.text('path') ?? extensions.longName ?? header.name
  const type = typeOf(header, name)
  const archivedBytes = isHeaderOnly(type) ? 0 : (pax.number('size') ?? header.size)
  const entry: TarEntry = {
    type,
    name,
    linkName: pax.text('linkpath') ?? extensions.longLink ?? header.linkName,
    mode: header.mode & 0o7777,
    uid: pax.number('uid') ?? header.uid,
    gid: pax.number('gid') ?? header.gid,
    size: archivedBytes,
    mtime: pax.time('mtime') ?? {seconds: header.mtime, nanoseconds: 0},
    deviceMajor: header.deviceMajor,
    deviceMinor: header.deviceMinor,
    xattrs: pax.xattrs(),
  }
  return {entry, archivedBytes, sparseText: pax.sparseTextSize()}
}

/** These have no content, whatever their size field says. */
export function isHeaderOnly(type: EntryType): boolean {
  return type !== 'file'
}

function typeOf({typeFlag}: TarHeader, name: ByteString): EntryType {
  const type = types[typeFlag]
  if (!type)
    throw new EngineError('ERR_LAYER_ENTRY', `${JSON.stringify(name)} has the unknown type ${JSON.stringify(typeFlag)}`)
  // tars older than POSIX mark a directory so
  return type === 'file' && name.endsWith('/') ? 'directory' : type
}

class PaxFields {
  readonly #records: PaxRecords | undefined

  constructor(records: PaxRecords | undefined) {
    this.#records = records
  }

  /** An empty value takes the record back. */
  #value(key: ByteString): Uint8Array | undefined {
    const value = this.#records?.values.get(key)
    return value && value.length > 0 ? value : undefined
  }

  text(key: ByteString): ByteString | undefined {
    const value = this.#value(key)
    return value && paxText(value)
  }

  number(key: ByteString): number | undefined {
    const value = this.#value(key)
    return value && paxNumber(value, key)
  }

  time(key: ByteString) {
    const value = this.#value(key)
    return value && paxTime(value)
  }

  xattrs(): [ByteString, Uint8Array][] {
    const found: [ByteString, Uint8Array][] = []
    for (const [key, value] of this.#records?.values ?? [])
      if (key.startsWith(XATTR)) found.push([key.slice(XATTR.length), value])
    return found
  }

  sparseTextSize(): number | undefined {
    const major = this.text('GNU.sparse.major')
    if (major === undefined || major === '0') return undefined
    if (major !== '1' || this.text('GNU.sparse.minor') !== '0') throw invalid('unknown form of sparse file')
    const realSize = this.number('GNU.sparse.realsize')
    if (realSize === undefined) throw invalid('sparse file without its size')
    return realSize
  }
}
