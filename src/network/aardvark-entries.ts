import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
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

  /**
   * netavark takes a pid for a living aardvark-dns when any process has it, also another one or a zombie: the names of
   * all containers would stay away. Without the pid it starts a new one, which reads everybody's entries.
   */
  forgetDeadServer(): void {
    const path = join(this.#directory, 'aardvark.pid')
    const pid = read(path)
    if (pid !== '' && !read(`/proc/${pid}/cmdline`).includes(this.#directory)) rmSync(path, {force: true})
  }

  #readAgain(): void {
    try {
      process.kill(Number(readFileSync(join(this.#directory, 'aardvark.pid'), 'utf8')), 'SIGHUP')
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ESRCH')) throw error
    }
  }
}

/** Nothing of what is not there. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return ''
    throw error
  }
}
