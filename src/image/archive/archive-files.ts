import type {Readable} from 'node:stream'

/**
 * The files of an image archive or directory by their path in it (`blobs/sha256/…`, `manifest.json`). Links are
 * followed inside the archive only.
 */
export interface ArchiveFiles extends AsyncDisposable {
  has(path: string): boolean
  /** A whole document. @throws ERR_ARCHIVE_INVALID when it is missing or longer than `limit` bytes */
  read(path: string, limit?: number): Promise<Buffer>
  /** @throws ERR_ARCHIVE_INVALID when it is missing */
  open(path: string): Readable
  size(path: string): number
}

/** No image document comes near this. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024

/** `./a//b` and `a/b` are one file. Undefined for paths that leave the archive. */
export function normalPath(path: string): string | undefined {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}
