import {randomBytes} from 'node:crypto'
import {existsSync, mkdirSync, renameSync, rmdirSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../src/errors/index.ts'
import {isMountPoint, LockFile, run, unmount} from '../src/host/index.ts'
import {isAttached, needsRecovery} from './disk-state.ts'
import {copyRootAttributes} from './drivers/directory-snapshotter.ts'
import type {ScratchDisk} from './layer-store.ts'
import type {MountInstruction, Snapshotter} from './snapshotter.ts'

const DEFAULT_BYTES = 10 * 1024 ** 3
const FILE = 'scratch.ext4'
/** A guest may have made the file system what it likes: nothing in it counts as a device or runs with rights. */
const GUARDED = 'loop,nosuid,nodev,noexec,errors=remount-ro'

/** An upper directory that was made visible for reading. */
export interface Reading extends AsyncDisposable {
  readonly upper: string
}

/** The writable sides of VM containers: files with an ext4 file system that holds `upper` and `work`. */
export class ScratchDisks {
  readonly #snapshots: Snapshotter
  readonly #runDirectory: string
  readonly #lockDirectory: string
  readonly #mountDirectory: (id: string) => string

  constructor(options: {
    readonly snapshots: Snapshotter
    /** For mounts that last as long as a reading. */
    readonly runDirectory: string
    readonly lockDirectory: string
    /** Where the mounts of a container layer lie. */
    readonly mountDirectory: (id: string) => string
  }) {
    this.#snapshots = options.snapshots
    this.#runDirectory = options.runDirectory
    this.#lockDirectory = options.lockDirectory
    this.#mountDirectory = options.mountDirectory
  }

  /** The disk of a container layer, made when it is not there. */
  async get(id: string, sizeBytes = DEFAULT_BYTES): Promise<ScratchDisk> {
    if (this.#snapshots.whiteouts !== 'overlay')
      throw new EngineError('ERR_NOT_SUPPORTED', `a scratch disk with the storage driver ${this.#snapshots.driver}`)
    const path = this.#path(id)
    if (!existsSync(path)) await this.#make(id, path, sizeBytes)
    return {path, filesystem: 'ext4', sizeBytes: statSync(path).size}
  }

  has(id: string): boolean {
    return existsSync(this.#path(id))
  }

  /** Undefined when the container has no disk: what it wrote lies in its directory. @throws ERR_SNAPSHOT_STATE while a guest writes to it */
  async read(id: string): Promise<Reading | undefined> {
    const path = this.#path(id)
    if (!existsSync(path)) return undefined
    const mounted = join(this.#mountDirectory(id), 'disk')
    if (isMountPoint(mounted)) return {upper: join(mounted, 'upper'), [Symbol.asyncDispose]: async () => {}}
    const directory = join(this.#runDirectory, `${id}-${randomBytes(6).toString('hex')}`)
    mkdirSync(directory, {recursive: true, mode: 0o700})
    try {
      await run('mount', ['-t', 'ext4', '-o', `${GUARDED},${this.#readOptions(id, path)}`, path, directory])
    } catch (error) {
      rmdirSync(directory)
      throw error
    }
    return {upper: join(directory, 'upper'), [Symbol.asyncDispose]: async () => endReading(directory)}
  }

  /** The instructions with their upper directory in the disk, which is mounted below `directory`; unchanged without a disk. */
  async attach(
    id: string,
    directory: string,
    instructions: readonly MountInstruction[],
  ): Promise<readonly MountInstruction[]> {
    const path = this.#path(id)
    if (!existsSync(path)) return instructions
    if (isAttached(path)) throw inUse(id)
    const disk = join(directory, 'disk')
    mkdirSync(disk, {recursive: true, mode: 0o700})
    if (!isMountPoint(disk)) await run('mount', ['-t', 'ext4', '-o', 'loop,nodev,errors=remount-ro', path, disk])
    return instructions.map((instruction) => moved(instruction, disk))
  }

  detach(directory: string): void {
    unmount(join(directory, 'disk'))
  }

  /** Readings that a killed process left. The caller knows that no other process reads. */
  sweep(directories: readonly string[]): void {
    for (const directory of directories) endReading(directory)
  }

  async #make(id: string, path: string, sizeBytes: number): Promise<void> {
    using _lock = await LockFile.acquire(join(this.#lockDirectory, `${id}.scratch`))
    if (existsSync(path)) return
    const records = this.#snapshots.recordPath(id)
    const [aside, seed] = [join(records, `new-${FILE}`), join(records, 'new-seed')]
    for (const leftover of [aside, seed]) rmSync(leftover, {recursive: true, force: true})
    for (const name of ['upper', 'work']) mkdirSync(join(seed, name), {recursive: true})
    copyRootAttributes(this.#snapshots.upperPath(id), join(seed, 'upper'))
    try {
      writeFileSync(aside, '', {mode: 0o600})
      truncateSync(aside, sizeBytes)
      await run('mkfs.ext4', [...makeOptions, '-d', seed, aside])
      renameSync(aside, path)
    } finally {
      for (const leftover of [aside, seed]) rmSync(leftover, {recursive: true, force: true})
    }
  }

  /** A guest that is frozen has written out its journal; one that is gone may have left work in it. */
  #readOptions(id: string, path: string): string {
    if (!isAttached(path)) return 'ro'
    if (needsRecovery(path)) throw inUse(id)
    return 'ro,noload'
  }

  #path(id: string): string {
    return join(this.#snapshots.recordPath(id), FILE)
  }
}

const makeOptions = ['-q', '-F', '-m', '0', '-J', 'size=16', '-E', 'lazy_itable_init=1,lazy_journal_init=1,nodiscard']

function moved(instruction: MountInstruction, disk: string): MountInstruction {
  if (instruction.type === 'bind') return {...instruction, source: join(disk, 'upper')}
  const places: Readonly<Record<string, string>> = {upperdir: join(disk, 'upper'), workdir: join(disk, 'work')}
  const options = instruction.options.map((option) => {
    const name = option.slice(0, option.indexOf('='))
    return places[name] ? `${name}=${places[name]}` : option
  })
  return {...instruction, options}
}

function endReading(directory: string): void {
  unmount(directory)
  rmSync(directory, {recursive: true, force: true})
}

function inUse(id: string): EngineError {
  return new EngineError('ERR_SNAPSHOT_STATE', `scratch disk of ${id} is attached to a running guest`)
}
