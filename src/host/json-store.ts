import {readFileSync} from 'node:fs'
import {LowSync, type SyncAdapter} from 'lowdb'
import {EngineError, isErrno} from '../errors/index.ts'
import {type AtomicWriteOptions, writeFileAtomic} from './atomic-file.ts'

/** Every record on disk carries the version of its form. */
export interface Versioned {
  readonly version: number
}

/**
 * One JSON document per file, read and written through lowdb with an adapter of our own: lowdb's JSONFile does not
 * fsync and uses one fixed temporary name, so two processes would spoil each other's write. Callers that change a
 * document hold the lock that guards it.
 */
class DurableJsonFile<T> implements SyncAdapter<T> {
  readonly #path: string
  readonly #options: AtomicWriteOptions

  constructor(path: string, options: AtomicWriteOptions) {
    this.#path = path
    this.#options = options
  }

  read(): T | null {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch (error) {
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
      throw error
    }
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      throw new EngineError('ERR_RECORD_CORRUPT', this.#path, {cause})
    }
  }

  write(data: T): void {
    writeFileAtomic(this.#path, `${JSON.stringify(data)}\n`, this.#options)
  }
}

/** The document at `path`, or undefined when there is none. @throws ERR_RECORD_CORRUPT when it is no JSON. */
export function readJson<T>(path: string): T | undefined {
  const low = new LowSync<T | null>(new DurableJsonFile<T | null>(path, {}), null)
  low.read()
  return low.data ?? undefined
}

/** Replaces the document at `path` in one step. */
export function writeJson<T>(path: string, data: T, options: AtomicWriteOptions = {}): void {
  new LowSync<T>(new DurableJsonFile<T>(path, options), data).write()
}

/** Reads, changes and writes a document; `defaults` stands in when there is none. The caller holds its lock. */
export function updateJson<T>(path: string, defaults: T, change: (data: T) => T, options: AtomicWriteOptions = {}): T {
  const low = new LowSync<T>(new DurableJsonFile<T>(path, options), defaults)
  low.read()
  low.data = change(low.data)
  low.write()
  return low.data
}
