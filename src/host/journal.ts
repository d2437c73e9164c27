import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {EngineError, isErrno} from '../errors/index.ts'

const LOOK_EVERY_MS = 500

export interface JournalQuery {
  /** What journalctl is to look for: `FIELD=VALUE`, and options of its own. */
  readonly matches: readonly string[]
  /** Only so many of the newest entries; all of them when left out. */
  readonly newest?: number
  readonly follow?: boolean
  readonly signal?: AbortSignal
  /** Asked now and then while following: true ends it. */
  readonly ended?: () => boolean
}

/** Entries of the systemd journal, oldest first. @throws ERR_PROGRAM_MISSING without journalctl */
export async function* readJournalEntries<Entry>(query: JournalQuery): AsyncGenerator<Entry> {
  const {matches, newest, follow = false, signal, ended = () => false} = query
  const args = [
    ...['--quiet', '--no-pager', '--output=json', newest === undefined ? '--no-tail' : `--lines=${newest}`],
    ...(follow ? ['--follow'] : []),
    ...matches,
  ]
  const child = spawn('journalctl', args, {stdio: ['ignore', 'pipe', 'ignore']})
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  failed.catch(() => {})
  const stop = (): void => void child.kill()
  signal?.addEventListener('abort', stop, {once: true})
  const timer = follow ? setInterval(() => ended() && stop(), LOOK_EVERY_MS) : undefined
  try {
    await Promise.race([failed, new Promise((resolve) => child.once('spawn', resolve))])
    for await (const line of createInterface({input: child.stdout})) yield JSON.parse(line) as Entry
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) throw new EngineError('ERR_PROGRAM_MISSING', 'journalctl', {cause})
    throw cause
  } finally {
    clearInterval(timer)
    stop()
  }
}
