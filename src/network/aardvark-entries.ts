import {appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'

/**
 * What netavark tells aardvark-dns: a file per network, whose first line holds the addresses it listens on and, after a
 * space, the servers it asks; then a line per container. Its pid lies beside them; SIGHUP makes it read again.
 * @see aardvark-dns src/config/mod.rs
 */
export class AardvarkEntries {
  readonly directory: string

  constructor(directory: string) {
    this.directory = directory
  }

  has(networkName: string): boolean {
    return existsSync(join(this.directory, networkName))
  }

  /** Answers only for containers and from the host's own servers again. */
  forgetServers(networkName: string): void {
    const path = join(this.directory, networkName)
    const [first = '', ...rest] = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, [first.split(' ')[0], ...rest].join('\n'))
    this.readAgain()
  }

  /**
   * netavark takes a pid for a living aardvark-dns when any process has it, also another one or a zombie: the names of
   * all containers would stay away. Without the pid it starts a new one, which reads everybody's entries.
   */
  forgetDeadServer(): void {
    const path = join(this.directory, 'aardvark.pid')
    const pid = read(path)
    if (pid !== '' && !read(`/proc/${pid}/cmdline`).includes(this.directory)) rmSync(path, {force: true})
  }

  /** @param head first line of a network that has no entries yet */
  add(networkName: string, head: string, entry: string): void {
    const path = join(this.directory, networkName)
    mkdirSync(this.directory, {recursive: true, mode: 0o700})
    if (existsSync(path)) appendFileSync(path, `${entry}\n`)
    else writeFileSync(path, `${head}\n${entry}\n`)
  }

  /** A network without entries is none that the server need listen for. */
  remove(networkName: string, containerID: string): void {
    const path = join(this.directory, networkName)
    const lines = read(path).split('\n').filter(Boolean)
    const others = lines.filter((line) => !line.startsWith(`${containerID} `))
    if (others.length <= 1) rmSync(path, {force: true})
    else if (others.length < lines.length) {
      // Made aside: the server takes every file in its directory for a network.
      const aside = join(this.directory, '..', `entries-${process.pid}`)
      writeFileSync(aside, `${others.join('\n')}\n`)
      renameSync(aside, path)
    }
  }

  /** False when no server runs. */
  readAgain(): boolean {
    try {
      return process.kill(Number(readFileSync(join(this.directory, 'aardvark.pid'), 'utf8')), 'SIGHUP')
    } catch (error) {
      if (!isErrno(error, 'ENOENT', 'ESRCH')) throw error
      return false
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
