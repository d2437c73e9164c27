import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {identifyProcess, isAlive, type ProcessIdentity, readJson, writeJson} from '../../host/index.ts'

/** Who has a volume mounted: a container, the user (`volume mount`), or a process for as long as it lives. */
export type MountHolder =
  | {readonly container: string; readonly destination: string}
  | {readonly user: number}
  | {readonly process: ProcessIdentity}

interface Mounts {
  readonly holders: readonly MountHolder[]
  /** Where the content is; kept since a plugin chooses it. */
  readonly path?: string
}

/** A note per volume and boot of those who have it mounted. The caller holds the volume's lock. */
export class VolumeMounts {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  holders(name: string): readonly MountHolder[] {
    const {holders = []} = this.#read(name)
    return holders.filter((holder) => !('process' in holder) || isAlive(holder.process))
  }

  path(name: string): string | undefined {
    return this.#read(name).path
  }

  /** Noting the same holder again changes nothing. */
  add(name: string, holder: MountHolder, path: string): void {
    this.#write(name, {holders: [...this.holders(name).filter((other) => !isSame(other, holder)), holder], path})
  }

  keep(name: string, holders: readonly MountHolder[]): void {
    if (holders.length === 0) this.forget(name)
    else this.#write(name, {...this.#read(name), holders})
  }

  forget(name: string): void {
    rmSync(this.#path(name), {force: true})
  }

  #read(name: string): Partial<Mounts> {
    return readJson<Partial<Mounts>>(this.#path(name)) ?? {}
  }

  #write(name: string, mounts: Mounts): void {
    writeJson(this.#path(name), mounts, {durable: false})
  }

  #path(name: string): string {
    return join(this.#directory, `${name}.json`)
  }
}

/** This process: what it mounted counts no longer when it has died. */
export function thisProcess(): MountHolder {
  return {process: identifyProcess(process.pid) ?? {pid: process.pid, startTicks: 0}}
}

function isSame(one: MountHolder, other: MountHolder): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
