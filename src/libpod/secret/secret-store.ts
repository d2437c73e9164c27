import {randomBytes} from 'node:crypto'
import {existsSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {LockFile, NamedDirectories, readJson, writeJson} from '../../host/index.ts'
import {checkDriverName, secretDriver} from './secret-drivers.ts'
import {type InspectSecret, type SecretRecord, type SecretRequest, secretRecordVersion} from './secret-record.ts'

const LARGEST_BYTES = 512_000

/** Secrets by name: a record each; the bytes lie with the record's driver and nowhere else. */
export class SecretStore {
  readonly #directories: NamedDirectories
  readonly #root: string
  readonly #lockPath: string

  /** @param root persistent, readable by its owner only */
  constructor(root: string, runRoot: string) {
    this.#directories = new NamedDirectories(join(root, 'records'), join(runRoot, 'secrets-making.lock'))
    this.#root = root
    this.#lockPath = join(runRoot, 'secrets.lock')
  }

  /** @throws ERR_SECRET_EXISTS, ERR_SECRET_NAME, ERR_REFUSED for data of no or too large a size */
  async create(request: SecretRequest): Promise<SecretRecord> {
    using _lock = await LockFile.acquire(this.#lockPath)
    this.#forgetLostBytes()
    const record = this.#makeRecord(request)
    const previous = this.#read(record.name)
    if (previous && !request.replace) throw new EngineError('ERR_SECRET_EXISTS', record.name)
    const driver = secretDriver(record)
    await driver.store(record.id, request.data)
    try {
      if (previous) writeJson(this.#recordPath(record.name), record)
      else await this.#directories.create(record.name, (directory) => writeJson(join(directory, 'secret.json'), record))
    } catch (error) {
      await driver.remove(record.id)
      throw error
    }
    if (previous) await secretDriver(previous).remove(previous.id)
    return record
  }

  /** By name, id or unambiguous beginning of an id. @throws ERR_NO_SUCH_SECRET, ERR_REFUSED when ambiguous */
  lookup(nameOrID: string): SecretRecord {
    const all = this.list()
    const exact = all.filter(({name, id}) => name === nameOrID || id === nameOrID)
    const [found, second] = exact.length > 0 ? exact : all.filter(({id}) => nameOrID !== '' && id.startsWith(nameOrID))
    if (second) throw new EngineError('ERR_REFUSED', `more than one result secret with prefix ${nameOrID}`)
    if (!found) throw new EngineError('ERR_NO_SUCH_SECRET', `no secret with name or id "${nameOrID}"`)
    return found
  }

  list(): readonly SecretRecord[] {
    return this.#directories.names().flatMap((name) => this.#read(name) ?? [])
  }

  async data(record: SecretRecord): Promise<Uint8Array> {
    return secretDriver(record).lookup(record.id)
  }

  async remove(record: SecretRecord): Promise<void> {
    using _lock = await LockFile.acquire(this.#lockPath)
    this.#forgetLostBytes()
    await this.#directories.remove(record.name)
    await secretDriver(record).remove(record.id)
  }

  /** Removes what killed processes left. */
  async sweep(): Promise<void> {
    using _lock = await LockFile.acquire(this.#lockPath)
    this.#directories.sweep()
    this.#forgetLostBytes()
  }

  /** Bytes that lie here without a record: of one that was being made, or replaced. The caller holds the lock. */
  #forgetLostBytes(): void {
    const known = new Set(this.list().map(({id}) => id))
    const directory = this.#fileDirectory()
    if (!existsSync(directory)) return
    for (const name of readdirSync(directory)) if (!known.has(name)) rmSync(join(directory, name), {force: true})
  }

  #fileDirectory(): string {
    return join(this.#root, 'filedriver')
  }

  #makeRecord(request: SecretRequest): SecretRecord {
    const {name, data, driverOptions = {}, labels = {}} = request
    requireName(name)
    if (data.length === 0 || data.length >= LARGEST_BYTES)
      throw new EngineError('ERR_REFUSED', 'secret data must be larger than 0 and less than 512000 bytes')
    const driver = checkDriverName(request.driver ?? 'file')
    const now = new Date().toISOString().replace('Z', '000000Z')
    return {
      version: secretRecordVersion,
      name,
      id: randomBytes(13).toString('hex').slice(0, 25),
      driver,
      driverOptions: driver === 'file' ? {path: this.#fileDirectory(), ...driverOptions} : driverOptions,
      labels,
      createdAt: this.#read(name)?.createdAt ?? now,
      updatedAt: now,
    }
  }

  #read(name: string): SecretRecord | undefined {
    return readJson<SecretRecord>(this.#recordPath(name))
  }

  #recordPath(name: string): string {
    return join(this.#directories.path(name), 'secret.json')
  }
}

export function inspectSecret(record: SecretRecord): InspectSecret {
  return {
    ID: record.id,
    CreatedAt: record.createdAt,
    UpdatedAt: record.updatedAt,
    Spec: {
      Name: record.name,
      Driver: {Name: record.driver, Options: record.driverOptions},
      Labels: record.labels,
    },
  }
}

function requireName(name: string): void {
  if (/^[a-zA-Z0-9]([a-zA-Z0-9_.-]{0,62}[a-zA-Z0-9])?$/.test(name)) return
  const rule = 'only 64 [a-zA-Z0-9-_.] characters allowed, and the start and end character must be [a-zA-Z0-9]'
  throw new EngineError('ERR_SECRET_NAME', `${rule}: ${name}`)
}
