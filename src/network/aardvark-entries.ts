import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'

/**
 * What netavark tells aardvark-dns: a file per network, whose first line holds the addresses it listens on and, after a
 * space, the servers it asks; then a line per container. Its pid lies beside them; SIGHUP makes it read again.
 * @see aardvark-dns src/config/mod.rs
 */
export class AardvarkEntries {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  has(networkName: string): boolean {
    return existsSync(join(this.#directory, networkName))
  }

  /** Answers only for containers and from the host's own servers again. */
  forgetServers(networkName: string): void {
    const path = join(this.#directory, networkName)
    const [first = '', ...rest] = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, [first.split(' ')[0], ...rest].join('\n'))
    this.#readAgain()
  }

  #readAgain(): void {
    try {
      process.kill(Number(readFileSync(join(this.#directory, 'aardvark.pid'), 'utf8')), 'SIGHUP')
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ESRCH')) throw error
    }
  }
}
