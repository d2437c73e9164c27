import {existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {EngineError, isErrno} from '../errors/index.ts'

const WAIT_MS = 20_000

/**
 * Says on disk that netavark runs. The lock over it is its caller's: one that is killed leaves netavark running and the
 * note behind, and the next caller waits for the end of that one.
 */
export class RunningNetavark {
  readonly #note: string
  readonly #configDirectory: string

  /** @param configDirectory what a netavark of ours has on its command line */
  constructor(note: string, configDirectory: string) {
    this.#note = note
    this.#configDirectory = configDirectory
  }

  /** @throws ERR_NETWORK_SETUP when one that was left running does not end */
  async during<T>(act: () => Promise<T>): Promise<T> {
    await this.ended()
    writeFileSync(this.#note, '')
    try {
      return await act()
    } finally {
      rmSync(this.#note, {force: true})
    }
  }

  /** Waits for the end of one that was left running. @throws ERR_NETWORK_SETUP */
  async ended(): Promise<void> {
    if (!existsSync(this.#note)) return
    await this.#othersEnded()
    rmSync(this.#note, {force: true})
  }

  async #othersEnded(): Promise<void> {
    const deadline = Date.now() + WAIT_MS
    while (this.#isRunning()) {
      if (Date.now() > deadline) throw new EngineError('ERR_NETWORK_SETUP', 'an earlier netavark does not end')
      await sleep(20)
    }
  }

  /** aardvark-dns, which stays, has another directory on its command line. */
  #isRunning(): boolean {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return pids.some((pid) => wordsOf(pid).includes(this.#configDirectory))
  }
}

function wordsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return []
    throw error
  }
}
