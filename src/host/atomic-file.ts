import {closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {isErrno} from '../errors/index.ts'

export interface AtomicWriteOptions {
  /** Permission bits of the new file. Default 0o600. */
  readonly mode?: number
  /** Survives a power loss: file and directory are fsynced before the call returns. Default true. */
  readonly durable?: boolean
}

let counter = 0

/** Writes `content` beside `path` and renames it in: readers see the old content or the new, never a part. */
export function writeFileAtomic(path: string, content: string | Uint8Array, options: AtomicWriteOptions = {}): void {
  const {mode = 0o600, durable = true} = options
  const aside = join(dirname(path), `.new-${process.pid}-${counter++}-${basename(path)}`)
  try {
    writeAside(aside, content, mode, durable)
    renameSync(aside, path)
    if (durable) syncDirectory(dirname(path))
  } catch (error) {
    rmSync(aside, {force: true})
    throw error
  }
}

/** Makes renames, creations and removals in `directory` survive a power loss. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function writeAside(path: string, content: string | Uint8Array, mode: number, durable: boolean): void {
  const descriptor = openNew(path, mode)
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
    if (durable) fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function openNew(path: string, mode: number): number {
  try {
    return openSync(path, 'wx', mode)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    mkdirSync(dirname(path), {recursive: true, mode: 0o700})
    return openSync(path, 'wx', mode)
  }
}
