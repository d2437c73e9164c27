import {chmodSync, chownSync, mkdirSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../src/errors/index.ts'
import type {DriverName, MountInstruction, SnapshotInfo, Snapshotter, WhiteoutForm} from '../snapshotter.ts'
import type {Fill, SnapshotDirectory} from './snapshot-directory.ts'
import {isWhole, keyOf, type LocatedSnapshot} from './snapshot-record.ts'

/** What differs between drivers that keep a snapshot as a directory `diff`. */
export interface DirectoryDriver {
  readonly name: DriverName
  readonly whiteouts: WhiteoutForm
  readonly fill: Fill
  mounts(snapshot: LocatedSnapshot, snapshots: SnapshotDirectory): readonly MountInstruction[]
  lowerPaths(snapshot: LocatedSnapshot, snapshots: SnapshotDirectory): readonly string[]
}

export class DirectorySnapshotter implements Snapshotter {
  readonly snapshots: SnapshotDirectory
  readonly #driver: DirectoryDriver

  constructor(snapshots: SnapshotDirectory, driver: DirectoryDriver) {
    this.snapshots = snapshots
    this.#driver = driver
  }

  get driver(): DriverName {
    return this.#driver.name
  }

  get whiteouts(): WhiteoutForm {
    return this.#driver.whiteouts
  }

  async prepare(key: string, parent?: string): Promise<readonly MountInstruction[]> {
    return this.#mounts(await this.snapshots.create('active', key, parent, this.#driver.fill))
  }

  async view(key: string, parent?: string): Promise<readonly MountInstruction[]> {
    return this.#mounts(await this.snapshots.create('view', key, parent, makeUpper))
  }

  async commit(name: string, key: string, parent?: string): Promise<void> {
    await this.snapshots.commit(name, key, parent)
    rmSync(join(this.snapshots.locate(name).directory, 'work'), {recursive: true, force: true})
  }

  async mounts(key: string): Promise<readonly MountInstruction[]> {
    const snapshot = this.snapshots.locate(key)
    if (snapshot.kind === 'committed') throw stateError(snapshot)
    return this.#mounts(snapshot)
  }

  upperPath(key: string): string {
    return join(this.snapshots.locate(key).directory, 'diff')
  }

  lowerPaths(key: string): readonly string[] {
    return this.#driver.lowerPaths(this.snapshots.locate(key), this.snapshots)
  }

  recordPath(key: string): string {
    return this.snapshots.locate(key).directory
  }

  async stat(key: string): Promise<SnapshotInfo> {
    return infoOf(this.snapshots.locate(key))
  }

  find(key: string): SnapshotInfo | undefined {
    const found = this.snapshots.find(key)
    return found && infoOf(found)
  }

  remove(key: string): Promise<void> {
    return this.snapshots.remove(key)
  }

  async list(): Promise<readonly SnapshotInfo[]> {
    return this.snapshots.list()
  }

  committed(): readonly string[] {
    return this.snapshots.names('committed').filter(isWhole).map(keyOf)
  }

  sweep(): Promise<void> {
    return this.snapshots.sweep()
  }

  #mounts(snapshot: LocatedSnapshot): readonly MountInstruction[] {
    return this.#driver.mounts(snapshot, this.snapshots)
  }
}

/** The directory of a snapshot's own content. Its root looks like the parent's: in a mount the topmost one shows. */
export function makeUpper(directory: string, parent: LocatedSnapshot | undefined): void {
  const upper = join(directory, 'diff')
  mkdirSync(upper)
  chmodSync(upper, 0o755)
  if (parent) copyRootAttributes(join(parent.directory, 'diff'), upper)
}

export function copyRootAttributes(from: string, to: string): void {
  const {mode, uid, gid} = statSync(from)
  chownSync(to, uid, gid)
  chmodSync(to, mode & 0o7777)
}

function infoOf({key, kind, record}: LocatedSnapshot): SnapshotInfo {
  return {key, kind, parent: record.parent, createdAt: record.createdAt}
}

function stateError({key, kind}: LocatedSnapshot): EngineError {
  return new EngineError('ERR_SNAPSHOT_STATE', `${key} is ${kind}`)
}
