import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {LockFile, NamedDirectories, readJson, updateJson, writeJson} from '../../host/index.ts'
import {copyUp, type Owner} from './copy-up.ts'
import {ImageDriver, type ImageTrees} from './image-driver.ts'
import {LocalDriver} from './local-driver.ts'
import {isVolumeName, makeVolumeRecord, volumeName} from './make-volume-record.ts'
import {PluginDriver, VolumePlugins} from './plugin-driver.ts'
import type {VolumeDriver} from './volume-driver.ts'
import {type MountHolder, VolumeMounts} from './volume-mounts.ts'
import {parseLocalOptions} from './volume-options.ts'
import type {InspectVolume, VolumeRecord, VolumeRequest} from './volume-record.ts'

/** Ids of the containers that use each volume in use, from one look at all. The engine knows; the store asks it. */
export type VolumeUsers = () => ReadonlyMap<string, readonly string[]>

/** What `reload` changed, by name. */
export interface ReloadReport {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly failures: readonly unknown[]
}

/**
 * Named volumes: a directory each, `ROOT/NAME/{volume.json,_data}`, filled aside and renamed in, so that the rename
 * decides between two that make the same one. Who has one mounted is noted per boot.
 */
export class VolumeStore {
  readonly #directories: NamedDirectories
  readonly #runRoot: string
  readonly #users: VolumeUsers
  readonly #mounts: VolumeMounts
  readonly #plugins: VolumePlugins
  readonly #trees: ImageTrees | undefined

  /** @param trees what volumes of images are made of */
  constructor(
    root: string,
    runRoot: string,
    users: VolumeUsers,
    plugins = new VolumePlugins({}, 5000),
    trees?: ImageTrees,
  ) {
    this.#directories = new NamedDirectories(root, join(runRoot, 'making.lock'))
    this.#runRoot = runRoot
    this.#users = users
    this.#mounts = new VolumeMounts(runRoot)
    this.#plugins = plugins
    this.#trees = trees
  }

  /** @throws ERR_VOLUME_EXISTS, ERR_INVALID_ARG, ERR_REFUSED, ERR_VOLUME_PLUGIN…; nothing is left on failure */
  async create(request: VolumeRequest): Promise<VolumeRecord> {
    const name = volumeName(request.name || randomBytes(32).toString('hex'))
    using _lock = await this.#lock(name)
    if (this.find(name)) throw exists(name)
    const record = makeVolumeRecord(name, request)
    const driver = this.#driver(record, request.driver)
    const made = await this.#directories.create(name, async (directory) => {
      await driver.create(record, join(directory, '_data'))
      writeJson(join(directory, 'volume.json'), record)
    })
    if (!made) throw exists(name)
    return record
  }

  /** The volume of that very name, or undefined. */
  find(name: string): VolumeRecord | undefined {
    return isVolumeName(name) ? readJson<VolumeRecord>(this.#recordPath(name)) : undefined
  }

  /** By name or unambiguous beginning of one. @throws ERR_NO_SUCH_VOLUME, ERR_NAME_EMPTY, ERR_VOLUME_EXISTS when ambiguous */
  lookup(nameOrPrefix: string): VolumeRecord {
    if (nameOrPrefix === '') throw new EngineError('ERR_NAME_EMPTY')
    const exact = this.find(nameOrPrefix)
    if (exact) return exact
    const [found, second] = this.#directories
      .names()
      .filter((name) => nameOrPrefix !== '' && name.startsWith(nameOrPrefix))
    if (second) throw new EngineError('ERR_VOLUME_EXISTS', `more than one result for volume name "${nameOrPrefix}"`)
    const record = found ? this.find(found) : undefined
    if (!record) throw new EngineError('ERR_NO_SUCH_VOLUME', `no volume with name "${nameOrPrefix}" found`)
    return record
  }

  /** Writable layers of volumes that hold an image's tree, with the volumes' names. */
  layers(): ReadonlyMap<string, string> {
    return new Map(this.list().flatMap(({storageID, name}) => (storageID ? [[storageID, name] as const] : [])))
  }

  list(): readonly VolumeRecord[] {
    return this.#directories.names().flatMap((name) => this.find(name) ?? [])
  }

  /** Where its content lies on the host; there when the volume is mounted or needs no mount. Empty while a plugin has it. */
  mountpoint(name: string): string {
    if (hasDirectory(this.find(name)?.driver)) return this.#directory(name)
    return this.#mounts.path(name) ?? ''
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
    const record = this.find(name)
    if (!record) return
    await this.#driver(record).remove(record, this.#directory(name))
    await this.#directories.remove(name)
    this.#mounts.forget(name)
  }

  /**
   * Makes the content visible, once for all who ask, and says where. Volumes without a device are always there.
   * @throws ERR_VOLUME_MOUNT in mount's words, ERR_VOLUME_PLUGIN
   */
  async mount(name: string, holder: MountHolder): Promise<string> {
    using _lock = await this.#lock(name)
    const record = this.lookup(name)
    const known = this.#mounts.holders(name).length > 0 ? this.#mounts.path(name) : undefined
    const path = known ?? (await this.#driver(record).mount(record, this.#directory(name)))
    this.#mounts.add(name, holder, path)
    return path
  }

  /** Mounts it for the user, who may do so several times. */
  async mountForUser(name: string): Promise<string> {
    const numbers = this.#mounts.holders(name).map((holder) => ('user' in holder ? holder.user : 0))
    return this.mount(name, {user: Math.max(0, ...numbers) + 1})
  }

  /** Takes the mounts back that `released` names; with the last one the volume is unmounted. */
  async unmount(name: string, released: (holder: MountHolder) => boolean): Promise<void> {
    using _lock = await this.#lock(name)
    const left = this.#mounts.holders(name).filter((holder) => !released(holder))
    if (left.length === 0) {
      const record = this.lookup(name)
      // A plugin is told of the end of a mount that it was asked for only.
      const isMounted = hasDirectory(record.driver) || this.#mounts.path(name) !== undefined
      if (isMounted) await this.#driver(record).unmount(record, this.#directory(name))
    }
    this.#mounts.keep(name, left)
  }

  /** Takes one mount of the user's back. */
  async unmountForUser(name: string): Promise<void> {
    const last = this.#mounts.holders(name).findLast((holder) => 'user' in holder)
    await this.unmount(name, (holder) => last !== undefined && 'user' in holder && holder.user === last.user)
  }

  /**
   * On the first use copies what the image has at the mount's destination, with its owner and mode, into the volume;
   * not into one that has content.
   * @param source directory of the container's root filesystem, already resolved within it; may be missing
   * @param owner who gets the volume when it is missing: the user of the first container. A volume that was made for somebody
   *   stays theirs
   * @param through where the volume is seen with other owners, when they are those that are meant
   */
  async copyUp(name: string, source: string, owner?: Owner, through?: string): Promise<void> {
    if (!this.find(name)?.needsCopyUp) return
    using _lock = await this.#lock(name)
    if (!this.find(name)?.needsCopyUp) return
    const record = this.lookup(name)
    await copyUp(source, through ?? this.mountpoint(name), hasOwner(record) ? 'keep' : owner)
    updateJson(this.#recordPath(name), record, (each) => ({...each, needsCopyUp: false}))
  }

  inspect(name: string): InspectVolume {
    const record = this.lookup(name)
    const {driver, createdAt, labels, options, uid, gid, anonymous, needsCopyUp, storageID} = record
    const timeout = Number(options.timeout ?? 0)
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
      // A directory needs no mount.
      MountCount: isPlain(driver, options) ? 0 : this.#mounts.holders(name).length,
      ...(needsCopyUp ? {NeedsCopyUp: true} : {}),
      // Until its first user, to whom it is given unless an owner was asked for.
      ...(needsCopyUp && !hasOwner(record) ? {NeedsChown: true} : {}),
      ...(timeout ? {Timeout: timeout} : {}),
      ...(storageID ? {StorageID: storageID} : {}),
      LockNumber: 0,
    }
  }

  /** With what only a plugin can tell. @throws ERR_VOLUME_PLUGIN… when it does not answer */
  async inspectLive(name: string): Promise<InspectVolume> {
    const {driver, options} = this.lookup(name)
    const known = this.inspect(name)
    if (hasDirectory(driver)) return known
    const {Mountpoint = known.Mountpoint, Status} = await this.#plugin(driver, options).get(name)
    return {...known, Mountpoint, ...(Status && {Status})}
  }

  /** Learns what plugins made and removed by themselves. A volume that is used stays. */
  async reload(): Promise<ReloadReport> {
    const report = {added: [] as string[], removed: [] as string[], failures: [] as unknown[]}
    for (const driver of this.#plugins.names)
      try {
        const theirs = new Set((await this.#plugins.get(driver).list()).map(({Name}) => Name))
        const ours = this.list().filter((record) => record.driver === driver)
        for (const name of theirs) if (!this.find(name)) report.added.push(await this.#adopt(name, driver))
        for (const {name} of ours.filter((record) => !theirs.has(record.name)))
          report.removed.push(await this.#drop(name))
      } catch (error) {
        report.failures.push(error)
      }
    return report
  }

  /** Removes what killed processes left half-made. */
  sweep(): void {
    this.#directories.sweep()
  }

  async #adopt(name: string, driver: string): Promise<string> {
    const record = makeVolumeRecord(volumeName(name), {name, driver})
    await this.#directories.create(name, (directory) => writeJson(join(directory, 'volume.json'), record))
    return name
  }

  async #drop(name: string): Promise<string> {
    const users = this.users(name)
    if (users.length > 0) throw new EngineError('ERR_VOLUME_IN_USE', `volume ${name} is gone from its plugin`)
    await this.#directories.remove(name)
    this.#mounts.forget(name)
    return name
  }

  #driver(record: VolumeRecord, asked = record.driver): VolumeDriver {
    if (record.driver === 'local') return new LocalDriver()
    if (record.driver === 'image' && this.#trees) return new ImageDriver(this.#trees)
    try {
      return new PluginDriver(this.#plugin(record.driver, record.options))
    } catch (cause) {
      throw new EngineError(
        'ERR_VOLUME_PLUGIN_MISSING',
        `volume ${record.name} uses volume plugin ${asked} but it could not be retrieved: no volume plugin with name ${asked} available`,
        {cause},
      )
    }
  }

  #plugin(name: string, {timeout}: Readonly<Record<string, string>>) {
    return this.#plugins.get(name, timeout === undefined ? undefined : Number(timeout) * 1000)
  }

  #lock(name: string): Promise<LockFile> {
    return LockFile.acquire(join(this.#runRoot, 'locks', `${name}.lock`))
  }

  #directory(name: string): string {
    return join(this.#directories.path(name), '_data')
  }

  #recordPath(name: string): string {
    return join(this.#directories.path(name), 'volume.json')
  }
}

/** Somebody was asked for when it was made; root, too, is somebody. */
function hasOwner({uid, gid, options}: VolumeRecord): boolean {
  return uid !== 0 || gid !== 0 || 'UID' in options || 'GID' in options
}

/** What no plugin holds lies below the volume's own directory. */
function hasDirectory(driver: string | undefined): boolean {
  return driver === 'local' || driver === 'image'
}

function isPlain(driver: string, options: VolumeRecord['options']): boolean {
  return driver === 'local' && parseLocalOptions(options).mount === undefined
}

function exists(name: string): EngineError {
  return new EngineError('ERR_VOLUME_EXISTS', `volume with name ${name} already exists`)
}
