import {closeSync, createReadStream, existsSync, fstatSync, openSync, readSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {lent, openDecompressed} from '../../../storage/index.ts'
import {EngineError, isErrno} from '../../errors/index.ts'
import type {ArchiveFiles} from './archive-files.ts'
import {DirectoryFiles} from './directory-files.ts'
import {openSeekableTar} from './seekable-tar.ts'
import {spoolTar} from './spooled-tar.ts'

export interface ArchiveInput {
  /** A file, a directory, or an open descriptor (0 is stdin). */
  readonly path: string | number
  /** Holds what must be spooled; deleted as soon as it is made. */
  readonly temporaryDirectory: string
}

/** @throws ERR_ARCHIVE_INVALID; ERR_REFUSED when there is no such file */
export async function openArchive(input: ArchiveInput): Promise<ArchiveFiles> {
  if (typeof input.path === 'number') return openDescriptor(input.path, input.temporaryDirectory)
  if (isDirectory(input.path)) return new DirectoryFiles(input.path)
  return openDescriptor(openFile(input.path), input.temporaryDirectory)
}

/** A plain tar in a regular file is read in place; a pipe, or anything compressed, goes through a spool file. */
async function openDescriptor(descriptor: number, temporaryDirectory: string): Promise<ArchiveFiles> {
  const info = fstatSync(descriptor)
  if (info.isFile() && isPlainTar(descriptor, info.size)) {
    try {
      return await openSeekableTar(descriptor, info.size)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }
  const source = createReadStream('', {fd: descriptor, highWaterMark: 256 * 1024, ...(info.isFile() && {start: 0})})
  const {chunks} = await openDecompressed(lent(source))
  return spoolTar(chunks, temporaryDirectory)
}

/** @see tar(5): `ustar` at byte 257, or (old tars) a header checksum that fits */
function isPlainTar(descriptor: number, size: number): boolean {
  if (size < 512) return false
  const block = Buffer.alloc(512)
  readSync(descriptor, block, 0, 512, 0)
  return block.toString('latin1', 257, 262) === 'ustar' || hasChecksum(block)
}

function hasChecksum(block: Buffer): boolean {
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0)
  return Number.parseInt(block.toString('latin1', 148, 156).replace(/\0.*$/, '').trim(), 8) === sum
}

function isDirectory(path: string): boolean {
  return existsSync(join(path, '.')) && statSync(path).isDirectory()
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    if (isErrno(cause, 'ENOENT'))
      throw new EngineError('ERR_REFUSED', `stat ${path}: no such file or directory`, {cause})
    throw cause
  }
}
