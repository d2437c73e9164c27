import {statSync} from 'node:fs'
import {readJson, type Versioned, writeJson} from '../../host/index.ts'
import type {RunningNetavark} from '../running-netavark.ts'
import {isPlainHost} from './plain-input.ts'

/** Other versions may make other rules. */
const KNOWN = /^1\.4\./

interface Seen extends Versioned {
  readonly program: string
  readonly size: number
  readonly mtimeMs: number
  readonly netavark: string
}

/** Whether what netavark would make here is known, and nobody's netavark is still at it. */
export class KnownNetavark {
  readonly #program: string
  readonly #netavark: {version(): Promise<string>}
  readonly #running: RunningNetavark
  readonly #note: string

  /** @param note path of a file that says which version the program was, so that it is asked once a boot */
  constructor(program: string, netavark: {version(): Promise<string>}, running: RunningNetavark, note: string) {
    this.#program = program
    this.#netavark = netavark
    this.#running = running
    this.#note = note
  }

  async isReady(): Promise<boolean> {
    if (!isPlainHost() || !KNOWN.test(await this.#version())) return false
    await this.#running.ended()
    return true
  }

  async #version(): Promise<string> {
    const file = statSync(this.#program, {throwIfNoEntry: false})
    if (!file) return ''
    const {size, mtimeMs} = file
    const seen = readJson<Seen>(this.#note)
    if (seen?.program === this.#program && seen.size === size && seen.mtimeMs === mtimeMs) return seen.netavark
    const netavark = await this.#netavark.version()
    writeJson(this.#note, {version: 1, program: this.#program, size, mtimeMs, netavark}, {durable: false})
    return netavark
  }
}
