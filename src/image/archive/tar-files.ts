import {closeSync, readSync} from 'node:fs'
import type {Readable} from 'node:stream'
import {EngineError} from '../../errors/index.ts'
import {type ArchiveFiles, MAX_DOCUMENT_BYTES} from './archive-files.ts'
import type {EntryMap} from './entry-map.ts'
import {readRange} from './read-range.ts'

/** The entries of a tar whose bytes lie in open files: the tar itself, or what was spooled from it. */
export class TarFiles implements ArchiveFiles {
  readonly #entries: EntryMap
  readonly #descriptors: readonly number[]

  /** Owns the descriptors. */
  constructor(entries: EntryMap, descriptors: readonly number[]) {
    this.#entries = entries
    this.#descriptors = descriptors
  }

  has(path: string): boolean {
    return this.#entries.has(path)
  }

  size(path: string): number {
    return this.#entries.place(path).size
  }

  async read(path: string, limit = MAX_DOCUMENT_BYTES): Promise<Buffer> {
    const {file, start, size} = this.#entries.place(path)
    if (size > limit) throw new EngineError('ERR_ARCHIVE_INVALID', `${path} is longer than ${limit} bytes`)
    const bytes = Buffer.alloc(size)
    for (let done = 0; done < size; ) {
      const count = readSync(file, bytes, done, size - done, start + done)
      if (count === 0) throw new EngineError('ERR_ARCHIVE_INVALID', `${path} is cut short`)
      done += count
    }
    return bytes
  }

  open(path: string): Readable {
    const {file, start, size} = this.#entries.place(path)
    return readRange(file, start, size)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const descriptor of this.#descriptors) closeSync(descriptor)
  }
}
