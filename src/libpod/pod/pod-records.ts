import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {LockFile, NamedDirectories, readJson, writeJson} from '../../host/index.ts'
import type {PodConfig} from '../define/pod.ts'
import type {Layout} from '../state/layout.ts'

/** Records of pods: a directory each, named after the id. */
export class PodRecords {
  readonly #directories: NamedDirectories
  readonly #layout: Layout

  constructor(layout: Layout) {
    this.#directories = new NamedDirectories(layout.pods, join(layout.runRoot, 'pods-making.lock'))
    this.#layout = layout
  }

  /** Waits for the pod's lock, which comes before those of its containers. */
  lock(id: string): Promise<LockFile> {
    return LockFile.acquire(this.#layout.lock(`pod-${id}`))
  }

  /** The pod's lock when nobody has it. */
  tryLock(id: string): LockFile | undefined {
    return LockFile.tryAcquire(this.#layout.lock(`pod-${id}`))
  }

  /** Of a pod that is gone. */
  forgetLock(id: string): void {
    rmSync(this.#layout.lock(`pod-${id}`), {force: true})
  }

  async add(config: PodConfig): Promise<void> {
    await this.#directories.create(config.id, (directory) => writeJson(join(directory, 'pod.json'), config))
  }

  /** The caller holds the pod's lock. */
  replace(config: PodConfig): void {
    writeJson(join(this.#directories.path(config.id), 'pod.json'), config)
  }

  find(id: string): PodConfig | undefined {
    return readJson<PodConfig>(join(this.#directories.path(id), 'pod.json'))
  }

  /** In order of creation. */
  list(): readonly PodConfig[] {
    const all = this.#directories.names().flatMap((id) => this.find(id) ?? [])
    return all.sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
  }

  async remove(id: string): Promise<void> {
    await this.#directories.remove(id)
  }

  sweep(): void {
    this.#directories.sweep()
  }
}
