import {createHash} from 'node:crypto'
import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../errors/index.ts'
import {LockFile, readJson, syncDirectory, writeJson} from '../host/index.ts'
import type {NetworkRecord} from './network-record.ts'

/** Records of networks on disk: one JSON file each, in podman's form, named after the network. */
export interface NetworkStore {
  /** The default network's name; it exists without a record until somebody changes it. */
  readonly defaultName: string
  list(): readonly NetworkRecord[]
  /** @throws ERR_REFUSED when ambiguous */
  exists(nameOrID: string): boolean
  /** By name, id or unambiguous part of an id. @throws ERR_NO_SUCH_NETWORK; ERR_REFUSED when ambiguous */
  lookup(nameOrID: string): NetworkRecord
  /**
   * Adds the record that `make` builds from those already there, nobody else adding at the same time.
   * @throws ERR_NETWORK_EXISTS
   */
  add(make: (existing: readonly NetworkRecord[]) => NetworkRecord): Promise<NetworkRecord>
  replace(record: NetworkRecord): Promise<void>
  /** @throws ERR_REFUSED for the default network */
  remove(name: string): Promise<void>
}

export function networkID(name: string): string {
  return createHash('sha256').update(name).digest('hex')
}

export interface NetworkStoreOptions {
  readonly directory: string
  readonly lockPath: string
  /** What the default network is while no record says otherwise. */
  readonly defaultNetwork: NetworkRecord
}

export function openNetworkStore(options: NetworkStoreOptions): NetworkStore {
  return new FileNetworkStore(options)
}

class FileNetworkStore implements NetworkStore {
  readonly #directory: string
  readonly #lockPath: string
  readonly #default: NetworkRecord

  constructor(options: NetworkStoreOptions) {
    this.#directory = options.directory
    this.#lockPath = options.lockPath
    this.#default = options.defaultNetwork
  }

  get defaultName(): string {
    return this.#default.name
  }

  list(): readonly NetworkRecord[] {
    const records = this.#fileNames().flatMap((name) => readJson<NetworkRecord>(join(this.#directory, name)) ?? [])
    const all = records.some(({name}) => name === this.defaultName) ? records : [this.#default, ...records]
    return all.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  exists(nameOrID: string): boolean {
    return this.#find(nameOrID) !== undefined
  }

  lookup(nameOrID: string): NetworkRecord {
    const found = this.#find(nameOrID)
    if (!found) throw new EngineError('ERR_NO_SUCH_NETWORK', `unable to find network with name or ID ${nameOrID}`)
    return found
  }

  async add(make: (existing: readonly NetworkRecord[]) => NetworkRecord): Promise<NetworkRecord> {
    using _lock = await LockFile.acquire(this.#lockPath)
    const existing = this.list()
    const record = make(existing)
    if (existing.some(({name}) => name === record.name))
      throw new EngineError('ERR_NETWORK_EXISTS', `network name ${record.name} already used`)
    writeJson(this.#path(record.name), record, {mode: 0o644})
    return record
  }

  async replace(record: NetworkRecord): Promise<void> {
    using _lock = await LockFile.acquire(this.#lockPath)
    writeJson(this.#path(record.name), record, {mode: 0o644})
  }

  async remove(name: string): Promise<void> {
    if (name === this.defaultName) throw new EngineError('ERR_REFUSED', `default network ${name} cannot be removed`)
    using _lock = await LockFile.acquire(this.#lockPath)
    rmSync(this.#path(name), {force: true})
    syncDirectory(this.#directory)
  }

  /** Nothing at all is the beginning of every id. */
  #find(nameOrID: string): NetworkRecord | undefined {
    const all = this.list()
    const exact = all.filter(({name, id}) => name === nameOrID || id === nameOrID)
    const [found, second] = exact.length > 0 ? exact : all.filter(({id}) => id.startsWith(nameOrID))
    if (second) throw new EngineError('ERR_REFUSED', `more than one result for network ID ${nameOrID}`)
    return found
  }

  #fileNames(): readonly string[] {
    try {
      return readdirSync(this.#directory).filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }

  #path(name: string): string {
    return join(this.#directory, `${name}.json`)
  }
}
