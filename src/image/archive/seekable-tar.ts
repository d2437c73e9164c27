import {readSync} from 'node:fs'
import {EngineError} from '../../errors/index.ts'
import {EntryMap} from './entry-map.ts'
import {TarFiles} from './tar-files.ts'

type TarModule = typeof import('tar')
type Header = InstanceType<TarModule['Header']>
type Extended = InstanceType<TarModule['Pax']>

const BLOCK = 512
const MAX_EXTENDED_BYTES = 1024 * 1024

/**
 * Finds the entries of a plain tar in a regular file by its headers alone: the contents are not read until somebody
 * wants them, and then straight from their place. Takes over the descriptor.
 */
export async function openSeekableTar(descriptor: number, size: number): Promise<TarFiles> {
  const tar = await import('tar')
  const entries = new EntryMap()
  let extended: Extended | undefined
  let longPath: string | undefined
  let longLink: string | undefined
  for (let position = 0; position + BLOCK <= size; ) {
    const block = readAt(descriptor, position, BLOCK)
    if (block.every((byte) => byte === 0)) break
    const header = new tar.Header(block, 0, extended)
    if (!header.cksumValid) throw new EngineError('ERR_ARCHIVE_INVALID', `no tar header at byte ${position}`)
    const start = position + BLOCK
    const length = header.size ?? 0
    if (start + length > size) throw new EngineError('ERR_ARCHIVE_INVALID', `${header.path ?? 'entry'} is cut short`)
    position = start + Math.ceil(length / BLOCK) * BLOCK
    if (header.type === 'ExtendedHeader') extended = tar.Pax.parse(readText(descriptor, start, length), extended)
    else if (header.type === 'NextFileHasLongPath') longPath = untilNull(readText(descriptor, start, length))
    else if (header.type === 'NextFileHasLongLinkpath') longLink = untilNull(readText(descriptor, start, length))
    else if (header.type !== 'GlobalExtendedHeader') {
      addEntry(entries, header, longPath ?? header.path ?? '', longLink ?? header.linkpath ?? '', {descriptor, start})
      extended = longPath = longLink = undefined
    }
  }
  return new TarFiles(entries, [descriptor])
}

function addEntry(
  entries: EntryMap,
  header: Header,
  path: string,
  link: string,
  at: {readonly descriptor: number; readonly start: number},
): void {
  if (header.type === 'SymbolicLink') entries.addLink(path, 'symlink', link)
  else if (header.type === 'Link') entries.addLink(path, 'link', link)
  else if (header.type === 'File' || header.type === 'OldFile' || header.type === 'ContiguousFile')
    entries.addFile(path, {file: at.descriptor, start: at.start, size: header.size ?? 0})
}

function readText(descriptor: number, start: number, length: number): string {
  if (length > MAX_EXTENDED_BYTES) throw new EngineError('ERR_ARCHIVE_INVALID', 'extended header is too long')
  return readAt(descriptor, start, length).toString('utf8')
}

function untilNull(text: string): string {
  return text.replace(/\0.*$/s, '')
}

function readAt(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const count = readSync(descriptor, bytes, done, length - done, position + done)
    if (count === 0) throw new EngineError('ERR_ARCHIVE_INVALID', 'archive is cut short')
    done += count
  }
  return bytes
}
