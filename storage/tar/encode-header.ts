import type {ByteString} from '../../src/host/index.ts'
import type {EntryType, TarEntry} from './tar-entry.ts'
import {BLOCK, padded} from './tar-header.ts'

const typeFlags: Readonly<Record<EntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
}
const NAME_BYTES = 100
/** Bytes, before the NUL that ends it. */
const NAME_OF_OWNER = 31
const MAX_ID = 0o7777777
const MAX_SIZE = 0o77777777777

/** The header blocks of an entry: ustar, after a pax extended header for what ustar cannot say. @see pax(1) */
export function encodeHeader(entry: TarEntry, extra: readonly PaxRecord[] = [], storedSize = entry.size): Buffer {
  const name = entry.type === 'directory' ? `${entry.name}/` : entry.name
  const records = [...extra, ...recordsFor(entry, name, storedSize)]
  const block = ustar(
    entry,
    truncated(name),
    typeFlags[entry.type],
    Math.min(storedSize, MAX_SIZE),
    truncated(entry.linkName),
  )
  return records.length === 0 ? block : Buffer.concat([paxHeader(entry, records), block])
}

export type PaxRecord = readonly [key: ByteString, value: ByteString]

function recordsFor(entry: TarEntry, name: ByteString, storedSize: number): PaxRecord[] {
  const records: PaxRecord[] = []
  if (!isPlain(name)) records.push(['path', name])
  if (!isPlain(entry.linkName)) records.push(['linkpath', entry.linkName])
  if (entry.uid > MAX_ID) records.push(['uid', String(entry.uid)])
  if (entry.gid > MAX_ID) records.push(['gid', String(entry.gid)])
  if (storedSize > MAX_SIZE) records.push(['size', String(storedSize)])
  if (entry.mtime.seconds < 0 || entry.mtime.seconds > MAX_SIZE) records.push(['mtime', String(entry.mtime.seconds)])
  for (const [key, value] of entry.xattrs) records.push([`SCHILY.xattr.${key}`, Buffer.from(value).toString('latin1')])
  return records
}

function paxHeader(entry: TarEntry, records: readonly PaxRecord[]): Buffer {
  const body = Buffer.from(records.map(([key, value]) => paxRecord(key, value)).join(''), 'latin1')
  const name = truncated(`PaxHeaders.0/${entry.name.slice(entry.name.lastIndexOf('/') + 1)}`)
  const block = ustar(
    {...entry, mode: 0o644, uid: 0, gid: 0, deviceMajor: 0, deviceMinor: 0},
    name,
    'x',
    body.length,
    '',
  )
  return Buffer.concat([block, body, Buffer.alloc(padded(body.length) - body.length)])
}

/** `LENGTH KEY=VALUE\n`, where the length counts its own digits. */
function paxRecord(key: ByteString, value: ByteString): ByteString {
  const rest = ` ${key}=${value}\n`
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return `${length}${rest}`
}

function ustar(entry: TarEntry, name: ByteString, typeFlag: string, size: number, linkName: ByteString): Buffer {
  const block = Buffer.alloc(BLOCK)
  block.write(name, 0, 'latin1')
  octal(block, 100, 8, entry.mode)
  octal(block, 108, 8, Math.min(entry.uid, MAX_ID))
  octal(block, 116, 8, Math.min(entry.gid, MAX_ID))
  octal(block, 124, 12, entry.type === 'file' || typeFlag === 'x' ? size : 0)
  octal(block, 136, 12, Math.min(Math.max(entry.mtime.seconds, 0), MAX_SIZE))
  block.write(typeFlag, 156, 'latin1')
  block.write(linkName, 157, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  block.write((entry.userName ?? '').slice(0, NAME_OF_OWNER), 265, 'latin1')
  block.write((entry.groupName ?? '').slice(0, NAME_OF_OWNER), 297, 'latin1')
  octal(block, 329, 8, entry.deviceMajor)
  octal(block, 337, 8, entry.deviceMinor)
  block.fill(' ', 148, 156)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

function octal(block: Buffer, offset: number, length: number, value: number): void {
  block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'latin1')
}

/** What the fields of ustar hold as it is. Bytes above ASCII go into pax records, which readers take for UTF-8 or as they are. */
function isPlain(name: ByteString): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) > 126) return false
  return name.length <= NAME_BYTES
}

/** For readers that know no pax. */
function truncated(name: ByteString): ByteString {
  return name.slice(0, NAME_BYTES)
}
