import {appendFileSync} from 'node:fs'
import type {ParsedOptions} from './options.ts'

export type LogLevel = 'error' | 'warning' | 'debug'

/**
 * The runtime's log: a file that conmon and podman read, in logrus' two forms. Without a file, errors only go to stderr;
 * warnings never go there, for callers take any word on it for a failure.
 */
export class Log {
  readonly #file: string | undefined
  readonly #json: boolean
  readonly #debug: boolean

  constructor(options: ParsedOptions) {
    this.#file = options.value('log')
    this.#json = options.value('log-format') === 'json'
    this.#debug = options.flag('debug')
  }

  write(level: LogLevel, message: string): void {
    if (level === 'debug' && !this.#debug) return
    if (this.#file === undefined) return
    const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    const line = this.#json
      ? JSON.stringify({level, msg: message, time})
      : `time=${JSON.stringify(time)} level=${level} msg=${JSON.stringify(message)}`
    try {
      appendFileSync(this.#file, `${line}\n`, {mode: 0o600})
    } catch (error) {
      // The error itself matters more than its copy.
      process.stderr.write(`berth-vm: log ${this.#file}: ${(error as Error).message}\n`)
    }
  }
}
