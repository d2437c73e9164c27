import {closeSync, openSync, readdirSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {encodeHeader, FileRangeStream} from '../../../storage/index.ts'

const BLOCK = 512

export interface ArchiveEntry {
  /** Ends with a slash for a directory. */
  readonly name: string
  readonly size: number
  readonly mode?: number
  /** As many bytes as `size` says; a chunk is the reader's only until it asks for the next. */
  readonly chunks: AsyncIterable<Buffer> | Iterable<Buffer>
}

/** A tar of these entries; a chunk is the reader's only until it asks for the next. */
export async function* archiveEntries(
  entries: AsyncIterable<ArchiveEntry> | Iterable<ArchiveEntry>,
): AsyncGenerator<Buffer> {
  for await (const {chunks, ...entry} of entries) {
    yield header(entry)
    yield* chunks
    yield Buffer.alloc(-entry.size & (BLOCK - 1))
  }
  yield Buffer.alloc(2 * BLOCK)
}

export function documentEntry(name: string, bytes: Buffer): ArchiveEntry {
  return {name, size: bytes.length, chunks: [bytes]}
}

/** What is below a directory, each directory before what is in it. */
export function* directoryEntries(directory: string, prefix = ''): Generator<ArchiveEntry> {
  for (const name of readdirSync(directory).sort()) {
    const path = join(directory, name)
    const info = statSync(path)
    const mode = info.mode & 0o777
    if (!info.isDirectory()) yield {name: prefix + name, size: info.size, mode, chunks: fileChunks(path, info.size)}
    else {
      yield {name: `${prefix}${name}/`, size: 0, mode, chunks: []}
      yield* directoryEntries(path, `${prefix}${name}/`)
    }
  }
}

async function* fileChunks(path: string, size: number): AsyncGenerator<Buffer> {
  const descriptor = openSync(path, 'r')
  try {
    yield* new FileRangeStream(descriptor, 0, size).direct()
  } finally {
    closeSync(descriptor)
  }
}

/** Nobody's, and without a time: the same image gives the same archive. */
function header({name, size, mode = 0o444}: Omit<ArchiveEntry, 'chunks'>): Buffer {
  const isDirectory = name.endsWith('/')
  return encodeHeader({
    type: isDirectory ? 'directory' : 'file',
    name: isDirectory ? name.slice(0, -1) : name,
    linkName: '',
    mode,
    uid: 0,
    gid: 0,
    size,
    mtime: {seconds: 0, nanoseconds: 0},
    deviceMajor: 0,
    deviceMinor: 0,
    xattrs: [],
  })
}
