import {appendFileSync, closeSync, openSync} from 'node:fs'
import {EngineError, isErrno, systemReason} from '../../errors/index.ts'
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

  /** @throws ERR_REFUSED for a file that cannot be; a full disk keeps nobody from deleting */
  constructor(options: ParsedOptions) {
    this.#file = options.value('log')
    this.#json = options.value('log-format') === 'json'
    this.#debug = options.flag('debug')
    if (this.#file !== undefined) requireFile(this.#file)
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

function requireFile(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600))
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES')) return
    throw new EngineError('ERR_REFUSED', `open ${path}: ${systemReason(cause)}`, {cause})
  }
}
