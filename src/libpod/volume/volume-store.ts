import {randomBytes} from 'node:crypto'
import {chownSync, mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {LockFile, NamedDirectories, readJson, unmount, updateJson, writeJson} from '../../host/index.ts'
import {copyUp, type Owner} from './copy-up.ts'
import {mountVolume} from './mount-volume.ts'
import {parseLocalOptions} from './volume-options.ts'
import {type InspectVolume, type VolumeRecord, type VolumeRequest, volumeRecordVersion} from './volume-record.ts'

/** Ids of the containers that use each volume in use, from one look at all. The engine knows; the store asks it. */
export type VolumeUsers = () => ReadonlyMap<string, readonly string[]>

/**
 * Named volumes: a directory each, `ROOT/NAME/{volume.json,_data}`, filled aside and renamed in, so that the rename
 * decides between two that make the same one. Mounts of volumes with a device are counted per boot.
 */
export class VolumeStore {
  readonly #directories: NamedDirectories
  readonly #runRoot: string
  readonly #users: VolumeUsers

  constructor(root: string, runRoot: string, users: VolumeUsers) {
    this.#directories = new NamedDirectories(root, join(runRoot, 'making.lock'))
    this.#runRoot = runRoot
    this.#users = users
  }

  /** @throws ERR_VOLUME_EXISTS, ERR_INVALID_ARG, ERR_REFUSED, ERR_NOT_SUPPORTED; nothing is left on failure */
  async create(request: VolumeRequest): Promise<VolumeRecord> {
    const record = makeRecord(request)
    const made = await this.#directories.create(record.name, (directory) => {
      mkdirSync(join(directory, '_data'), {mode: 0o755})
      chownSync(join(directory, '_data'), record.uid, record.gid)
      writeJson(join(directory, 'volume.json'), record)
    })
    if (!made) throw new EngineError('ERR_VOLUME_EXISTS', `volume with name ${record.name} already exists`)
    return record
  }

  /** The volume of that very name, or undefined. */
  find(name: string): VolumeRecord | undefined {
    return isName(name) ? readJson<VolumeRecord>(this.#recordPath(name)) : undefined
  }

  /** By name or unambiguous beginning of one. @throws ERR_NO_SUCH_VOLUME, ERR_REFUSED when ambiguous */
  lookup(nameOrPrefix: string): VolumeRecord {
    const exact = this.find(nameOrPrefix)
    if (exact) return exact
    const [found, second] = this.#directories
      .names()
      .filter((name) => nameOrPrefix !== '' && name.startsWith(nameOrPrefix))
    if (second) throw new EngineError('ERR_REFUSED', `more than one result for volume name ${nameOrPrefix}`)
    const record = found ? this.find(found) : undefined
    if (!record) throw new EngineError('ERR_NO_SUCH_VOLUME', `no volume with name "${nameOrPrefix}" found`)
    return record
  }

  list(): readonly VolumeRecord[] {
    return this.#directories.names().flatMap((name) => this.find(name) ?? [])
  }

  /** Where its content lies on the host; there when the volume is mounted or needs no mount. */
  mountpoint(name: string): string {
    return join(this.#directories.path(name), '_data')
  }

  users(name: string): readonly string[] {
    return this.#users().get(name) ?? []
  }

  /** For listings: only volumes that are in use are there. */
  usersByName(): ReadonlyMap<string, readonly string[]> {
    return this.#users()
  }

  /** @throws ERR_VOLUME_IN_USE, naming the containers */
  async remove(name: string): Promise<void> {
    using _lock = await this.#lock(name)
    const users = this.users(name)
    if (users.length > 0)
      throw new EngineError(
        'ERR_VOLUME_IN_USE',
        `volume ${name} is being used by the following container(s): ${users.join(', ')}`,
      )
    unmount(this.mountpoint(name))
    await this.#directories.remove(name)
    rmSync(this.#countPath(name), {force: true})
  }

  /**
   * Makes the content visible at `mountpoint`, once for all who ask. Volumes without a device are always there.
   * @throws ERR_PROGRAM_FAILED in mount's words
   */
  async mount(name: string): Promise<string> {
    using _lock = await this.#lock(name)
    const record = this.lookup(name)
    const {mount} = parseLocalOptions(record.options)
    if (mount && this.#count(name) === 0) await mountVolume(mount, this.mountpoint(name))
    this.#setCount(name, this.#count(name) + 1)
    return this.mountpoint(name)
  }

  /** Takes one mount back; the last one, or `force`, unmounts. */
  async unmount(name: string, options: {readonly force?: boolean} = {}): Promise<void> {
    using _lock = await this.#lock(name)
    const count = options.force ? 0 : Math.max(0, this.#count(name) - 1)
    if (count === 0) unmount(this.mountpoint(name))
    this.#setCount(name, count)
  }

  /**
   * On the first use copies what the image has at the mount's destination, with its owner and mode, into the volume;
   * not into one that has content.
   * @param source directory of the container's root filesystem, already resolved within it; may be missing
   * @param owner who gets the volume when it is missing: the user of the first container
   */
  async copyUp(name: string, source: string, owner?: Owner): Promise<void> {
    if (!this.find(name)?.needsCopyUp) return
    using _lock = await this.#lock(name)
    if (!this.find(name)?.needsCopyUp) return
    await copyUp(source, this.mountpoint(name), owner)
    updateJson(this.#recordPath(name), this.lookup(name), (record) => ({...record, needsCopyUp: false}))
  }

  inspect(name: string): InspectVolume {
    const {driver, createdAt, labels, options, uid, gid, anonymous, needsCopyUp} = this.lookup(name)
    return {
      Name: name,
      Driver: driver,
      Mountpoint: this.mountpoint(name),
      CreatedAt: createdAt,
      Labels: labels,
      Scope: 'local',
      Options: options,
      ...(uid ? {UID: uid} : {}),
      ...(gid ? {GID: gid} : {}),
      ...(anonymous ? {Anonymous: true} : {}),
      MountCount: this.#count(name),
      ...(needsCopyUp ? {NeedsCopyUp: true} : {}),
      LockNumber: 0,
    }
  }

  /** Removes what killed processes left half-made. */
  sweep(): void {
    this.#directories.sweep()
  }

  /** A count of an earlier boot says nothing: the run directory went with it. */
  #count(name: string): number {
    return readJson<{mountCount: number}>(this.#countPath(name))?.mountCount ?? 0
  }

  #setCount(name: string, mountCount: number): void {
    writeJson(this.#countPath(name), {mountCount}, {durable: false})
  }

  #lock(name: string): Promise<LockFile> {
    return LockFile.acquire(join(this.#runRoot, 'locks', `${name}.lock`))
  }

  #recordPath(name: string): string {
    return join(this.#directories.path(name), 'volume.json')
  }

  #countPath(name: string): string {
    return join(this.#runRoot, `${name}.json`)
  }
}

function makeRecord(request: VolumeRequest): VolumeRecord {
  const {driver = 'local', options = {}} = request
  if (driver !== 'local' && driver !== '')
    throw new EngineError('ERR_VOLUME_PLUGIN_MISSING', `no volume plugin with name ${driver} available`)
  const parsed = parseLocalOptions(options)
  const name = request.name || randomBytes(32).toString('hex')
  if (!isName(name))
    throw new EngineError(
      'ERR_INVALID_ARG',
      'running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*',
    )
  return {
    version: volumeRecordVersion,
    name,
    driver: 'local',
    createdAt: new Date().toISOString().replace('Z', '000000Z'),
    labels: request.labels ?? {},
    options,
    uid: request.uid ?? parsed.uid ?? 0,
    gid: request.gid ?? parsed.gid ?? 0,
    anonymous: request.anonymous ?? false,
    needsCopyUp: parsed.copyUp,
  }
}

function isName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)
}
