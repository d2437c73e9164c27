import {chownSync, lstatSync} from 'node:fs'
import {EngineError, hasCode} from '../src/errors/index.ts'
import type {IDMapping, IDMappings} from '../src/host/index.ts'
import type {CountedMounts, MountSource} from './counted-mounts.ts'
import type {Change} from './diff/changes.ts'
import {createTar} from './diff/create-tar.ts'
import type {ContainerLayerInfo, DiffEntry, MountOptions, MountState} from './layer-store.ts'
import type {ScratchDisks} from './scratch-disks.ts'
import {snapshotChanges} from './snapshot-changes.ts'
import type {ChainID, MountInstruction, Snapshotter} from './snapshotter.ts'
import {forgetVolatileMark} from './volatile-mark.ts'
import {writtenBytes} from './written-bytes.ts'

/** The writable layers of containers: active snapshots, by the container's id. */
export class ContainerLayers {
  readonly #snapshots: Snapshotter
  readonly #mounts: CountedMounts
  readonly #disks: ScratchDisks

  constructor(snapshots: Snapshotter, mounts: CountedMounts, disks: ScratchDisks) {
    this.#snapshots = snapshots
    this.#mounts = mounts
    this.#disks = disks
  }

  async create(id: string, parent: ChainID | undefined): Promise<void> {
    try {
      await this.#snapshots.prepare(id, parent)
    } catch (error) {
      if (hasCode(error, 'ERR_SNAPSHOT_UNKNOWN')) throw new EngineError('ERR_LAYER_UNKNOWN', parent, {cause: error})
      throw error
    }
  }

  get(id: string): ContainerLayerInfo {
    const found = this.#snapshots.find(id)
    if (found?.kind !== 'active') throw new EngineError('ERR_LAYER_UNKNOWN', `layer of container ${id}`)
    return {id, parent: found.parent as ChainID | undefined, createdAt: found.createdAt}
  }

  async mount(id: string, options: MountOptions): Promise<string> {
    this.get(id)
    return await this.#mounts.mount(id, this.#source(id, options))
  }

  async unmount(id: string, force: boolean): Promise<void> {
    await this.#mounts.unmount(id, this.#source(id), force)
  }

  mountState(id: string): MountState | undefined {
    return this.#mounts.state(id)
  }

  async instructions(id: string): Promise<readonly MountInstruction[]> {
    this.get(id)
    return await this.#snapshots.mounts(id)
  }

  upper(id: string): string {
    this.get(id)
    return this.#snapshots.upperPath(id)
  }

  /** The caller knows that it is not mounted. */
  async forgetMount(id: string): Promise<void> {
    await this.#mounts.forget(id, this.#source(id))
  }

  async remove(id: string): Promise<void> {
    await this.forgetMount(id)
    try {
      await this.#snapshots.remove(id)
    } catch (error) {
      if (!hasCode(error, 'ERR_SNAPSHOT_UNKNOWN')) throw error
    }
  }

  writtenBytes(id: string): Promise<number> {
    return this.#reading(id, (upper) => writtenBytes(this.#changes(id, upper)))
  }

  diff(id: string): Promise<readonly DiffEntry[]> {
    return this.#reading(id, (upper) =>
      this.#changes(id, upper)
        .filter(({path}) => path !== '')
        .map(({path, kind}) => ({path: `/${Buffer.from(path, 'latin1').toString()}`, kind}))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    )
  }

  /** The disk that a container's upper directory may lie in stays mounted until the tar is read or given up. */
  async *tar(id: string, idMaps?: IDMappings): AsyncGenerator<Buffer> {
    this.get(id)
    const reading = await this.#disks.read(id)
    try {
      const upper = reading?.upper ?? this.#snapshots.upperPath(id)
      yield* createTar(upper, this.#changes(id, upper), {idMaps})
    } finally {
      await reading?.[Symbol.asyncDispose]()
    }
  }

  async list(): Promise<readonly string[]> {
    const snapshots = await this.#snapshots.list()
    return snapshots.filter(({kind}) => kind === 'active').map(({key}) => key)
  }

  async #reading<T>(id: string, action: (upper: string) => T): Promise<T> {
    this.get(id)
    await using reading = await this.#disks.read(id)
    return action(reading?.upper ?? this.#snapshots.upperPath(id))
  }

  #changes(id: string, upper: string): Change[] {
    return snapshotChanges(this.#snapshots, this.get(id), upper)
  }

  #source(id: string, options: MountOptions = {}): MountSource {
    return {
      prepare: async (directory) => {
        const plain = await this.#snapshots.mounts(id)
        const instructions = await this.#disks.attach(id, directory, plain)
        if (options.idMaps) ownUpper(this.#snapshots.upperPath(id), options.idMaps)
        return instructions.map((instruction) => prepared(instruction, options))
      },
      release: (directory) => this.#disks.detach(directory),
    }
  }
}

function prepared(instruction: MountInstruction, {volatile, idMaps}: MountOptions): MountInstruction {
  if (instruction.type !== 'overlay') {
    if (idMaps) throw new EngineError('ERR_NOT_SUPPORTED', `mapped ids of a container on a ${instruction.type} mount`)
    return instruction
  }
  forgetVolatileMark(instruction)
  const options = volatile ? [...instruction.options, 'volatile'] : instruction.options
  return {...instruction, options, ...(idMaps && {idMaps})}
}

/** The upper directory is the container's root directory: what it has of owners is what the container sees. */
function ownUpper(upper: string, {uids, gids}: IDMappings): void {
  const {uid, gid} = lstatSync(upper)
  if (uid === 0 && gid === 0) chownSync(upper, hostID(uids), hostID(gids))
}

function hostID(maps: readonly IDMapping[]): number {
  return maps.find(({containerID}) => containerID === 0)?.hostID ?? 0
}
