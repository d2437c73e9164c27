import {openSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {FileRangeStream} from '../../../storage/index.ts'
import {EngineError, isErrno} from '../../errors/index.ts'
import {type ArchiveFiles, MAX_DOCUMENT_BYTES, normalPath} from './archive-files.ts'

/** An image in a directory of the user's: an OCI layout or docker's `dir`. */
export class DirectoryFiles implements ArchiveFiles {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  has(path: string): boolean {
    return this.#stat(path) !== undefined
  }

  size(path: string): number {
    const size = this.#stat(path)
    if (size === undefined) throw new EngineError('ERR_ARCHIVE_INVALID', `${path} is missing`)
    return size
  }

  async read(path: string, limit = MAX_DOCUMENT_BYTES): Promise<Buffer> {
    if (this.size(path) > limit) throw new EngineError('ERR_ARCHIVE_INVALID', `${path} is longer than ${limit} bytes`)
    return readFileSync(this.#place(path))
  }

  open(path: string): Readable {
    const size = this.size(path)
    return new FileRangeStream(openSync(this.#place(path), 'r'), 0, size, {isOwn: true})
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #stat(path: string): number | undefined {
    try {
      const info = statSync(this.#place(path))
      return info.isFile() ? info.size : undefined
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
      throw error
    }
  }

  #place(path: string): string {
    const normal = normalPath(path)
    if (normal === undefined) throw new EngineError('ERR_ARCHIVE_INVALID', `${path} leaves the directory`)
    return join(this.#directory, normal)
  }
}
