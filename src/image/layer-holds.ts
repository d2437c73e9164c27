import {mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {ChainID} from '../../storage/snapshotter.ts'
import {EngineError, isErrno} from '../errors/index.ts'
import {LockFile, writeFileAtomic} from '../host/index.ts'

/** Keeps layers from being removed although no image uses them yet. Release it when the image is made. */
export interface LayerHold extends AsyncDisposable {
  add(...chainIDs: readonly ChainID[]): Promise<void>
  /** For a layer whose id is not known before it is applied: until released, no layer at all is removed. */
  addUnknown(): Promise<void>
  release(): Promise<void>
}

/** Layers that must not be removed. */
export interface HeldLayers {
  has(chainID: ChainID): boolean
}

const ANY = '*'
let counter = 0

/**
 * Holds on disk, one pair of files each: `NAME.lock`, which its process keeps locked, and `NAME.layers`. The hold of a
 * process that died is not locked any more and is taken away by the next reader.
 */
export class LayerHolds {
  readonly #directory: string
  readonly #storeLock: string

  constructor(directory: string, storeLock: string) {
    this.#directory = directory
    this.#storeLock = storeLock
  }

  /** A layer added to the hold is not removed by anyone who looks for unused layers afterwards. */
  async open(): Promise<LayerHold> {
    mkdirSync(this.#directory, {recursive: true, mode: 0o700})
    const path = join(this.#directory, `${process.pid}-${Date.now()}-${counter++}`)
    const lock = await this.#lockNew(`${path}.lock`)
    const held = new Set<string>()
    const add = async (...lines: readonly string[]) => {
      for (const line of lines) held.add(line)
      using _ = await LockFile.acquire(this.#storeLock)
      writeFileAtomic(`${path}.layers`, [...held].join('\n'), {durable: false})
    }
    const release = async () => {
      rmSync(`${path}.layers`, {force: true})
      rmSync(`${path}.lock`, {force: true})
      lock.release()
    }
    return {
      add,
      addUnknown: () => add(ANY),
      release,
      [Symbol.asyncDispose]: release,
    }
  }

  /** Under the store's lock, so that no reader takes the new file for that of a dead process. */
  async #lockNew(path: string): Promise<LockFile> {
    using _ = await LockFile.acquire(this.#storeLock)
    const lock = LockFile.tryAcquire(path)
    if (!lock) throw new EngineError('ERR_INTERNAL', `${path} is locked`)
    return lock
  }

  /** The caller holds the store's lock. */
  held(): HeldLayers {
    const lines = new Set(this.#names().flatMap((name) => this.#read(name)))
    return {has: (chainID) => lines.has(ANY) || lines.has(chainID)}
  }

  #read(name: string): readonly string[] {
    const path = join(this.#directory, name)
    const lock = LockFile.tryAcquire(`${path}.lock`)
    if (!lock) return readLines(`${path}.layers`)
    rmSync(`${path}.layers`, {force: true})
    rmSync(`${path}.lock`, {force: true})
    lock.release()
    return []
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#directory)
        .filter((entry) => entry.endsWith('.lock'))
        .map((entry) => entry.slice(0, -'.lock'.length))
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
