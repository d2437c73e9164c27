import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../src/errors/index.ts'
import {isMountPoint, LockFile, removeMountPlaces, unmount, writeFileAtomic} from '../src/host/index.ts'
import type {MountState} from './layer-store.ts'
import {mountOn} from './mount-instructions.ts'
import type {MountInstruction} from './snapshotter.ts'

/** What a mount needs beside itself, e.g. a disk that holds its upper directory. */
export interface MountSource {
  /** Makes what is needed; `directory` is this mount's own, for its mount points. */
  prepare(directory: string): Promise<readonly MountInstruction[]>
  /** Undoes it; what was not made is success. */
  release(directory: string): Promise<void> | void
}

/**
 * Mounts by name, counted, per boot: `<directory>/<name>/{merged,count,lock}`. The kernel knows what is mounted; the
 * count only says how many asked, and counts nothing when nothing is mounted (a process was killed, the host restarted).
 */
export class CountedMounts {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** Mounts, or counts one more; returns the mount point. */
  async mount(name: string, source: MountSource): Promise<string> {
    using _lock = await this.#lock(name)
    const target = this.#path(name, 'merged')
    if (isMountPoint(target)) {
      this.#setCount(name, this.#count(name) + 1)
      return target
    }
    mkdirSync(target, {recursive: true, mode: 0o700})
    try {
      await mountOn(target, await source.prepare(join(this.#directory, name)))
    } catch (error) {
      await source.release(join(this.#directory, name))
      throw error
    }
    this.#setCount(name, 1)
    return target
  }

  /** Takes back one; the last one, or `force`, unmounts. */
  async unmount(name: string, source: MountSource, force: boolean): Promise<void> {
    if (!existsSync(this.#path(name, 'merged'))) return
    using _lock = await this.#lock(name)
    const target = this.#path(name, 'merged')
    const count = this.#count(name)
    if (isMountPoint(target)) {
      if (!force && count > 1) {
        this.#setCount(name, count - 1)
        return
      }
      unmount(target)
    }
    await source.release(join(this.#directory, name))
    rmSync(this.#path(name, 'count'), {force: true})
  }

  /** Unmounts and forgets the name. */
  async forget(name: string, source: MountSource): Promise<void> {
    if (!existsSync(join(this.#directory, name))) return
    await this.unmount(name, source, true)
    using _lock = await this.#lock(name)
    removeMountPlaces(join(this.#directory, name))
  }

  state(name: string): MountState | undefined {
    const path = this.#path(name, 'merged')
    return isMountPoint(path) ? {path, count: this.#count(name)} : undefined
  }

  names(): string[] {
    try {
      return readdirSync(this.#directory).sort()
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }

  /** Zero too when a process was killed between its mount and its count. */
  #count(name: string): number {
    try {
      return Math.max(Number(readFileSync(this.#path(name, 'count'), 'utf8')) || 1, 1)
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return 0
      throw error
    }
  }

  #setCount(name: string, count: number): void {
    writeFileAtomic(this.#path(name, 'count'), String(count), {durable: false})
  }

  #path(name: string, file: 'merged' | 'count' | 'lock'): string {
    return join(this.#directory, name, file)
  }

  #lock(name: string): Promise<LockFile> {
    return LockFile.acquire(this.#path(name, 'lock'))
  }
}
