import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import {EngineError, isErrno} from '../../errors/index.ts'
import type {LogPiece} from '../../shim/index.ts'
import type {LogOptions} from '../define/verb-options.ts'

const STDERR_PRIORITY = '3'
const LOOK_EVERY_MS = 500
const LINE_FEED = 0x0a

/** A container's lines in the systemd journal, where conmon put them. @throws ERR_PROGRAM_MISSING without journalctl */
export async function* readJournal(
  id: string,
  options: LogOptions & {readonly ended: () => boolean},
): AsyncGenerator<LogPiece> {
  const args = [
    ...['--quiet', '--no-pager', '--output=json', '--output-fields=MESSAGE,PRIORITY,CONTAINER_PARTIAL_MESSAGE'],
    ...(options.tail !== undefined && options.tail >= 0 ? [`--lines=${options.tail}`] : ['--no-tail']),
    ...(options.follow ? ['--follow'] : []),
    `CONTAINER_ID_FULL=${id}`,
  ]
  const child = spawn('journalctl', args, {stdio: ['ignore', 'pipe', 'ignore']})
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  failed.catch(() => {})
  const stop = (): void => void child.kill()
  options.signal?.addEventListener('abort', stop, {once: true})
  const timer = options.follow ? setInterval(() => options.ended() && stop(), LOOK_EVERY_MS) : undefined
  try {
    await Promise.race([failed, new Promise((resolve) => child.once('spawn', resolve))])
    for await (const line of createInterface({input: child.stdout})) yield pieceOf(JSON.parse(line) as JournalEntry)
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) throw new EngineError('ERR_PROGRAM_MISSING', 'journalctl', {cause})
    throw cause
  } finally {
    clearInterval(timer)
    stop()
  }
}

interface JournalEntry {
  /** Microseconds since the epoch. */
  readonly __REALTIME_TIMESTAMP: string
  /** An array of bytes when it is no UTF-8. */
  readonly MESSAGE?: string | readonly number[]
  readonly PRIORITY?: string
  readonly CONTAINER_PARTIAL_MESSAGE?: string
}

function pieceOf(entry: JournalEntry): LogPiece {
  const {MESSAGE} = entry
  const micros = BigInt(entry.__REALTIME_TIMESTAMP)
  const seconds = new Date(Number(micros / 1000n)).toISOString().slice(0, 19)
  return {
    stream: entry.PRIORITY === STDERR_PRIORITY ? 'stderr' : 'stdout',
    time: `${seconds}.${String(micros % 1_000_000n).padStart(6, '0')}000Z`,
    text: withoutLineEnd(typeof MESSAGE === 'string' ? Buffer.from(MESSAGE) : Buffer.from(MESSAGE ?? [])),
    partial: entry.CONTAINER_PARTIAL_MESSAGE === 'true',
  }
}

/** conmon leaves it in the message. */
function withoutLineEnd(bytes: Buffer): Buffer {
  return bytes.at(-1) === LINE_FEED ? bytes.subarray(0, -1) : bytes
}
