import {readJournalEntries} from '../../host/index.ts'
import type {LogPiece} from '../../shim/index.ts'
import type {LogOptions} from '../define/verb-options.ts'

const STDERR_PRIORITY = '3'
const LINE_FEED = 0x0a

/** A container's lines in the systemd journal, where conmon put them. @throws ERR_PROGRAM_MISSING without journalctl */
export async function* readJournal(
  id: string,
  {tail = -1, follow, signal, ended}: LogOptions & {readonly ended: () => boolean},
): AsyncGenerator<LogPiece> {
  const entries = readJournalEntries<JournalEntry>({
    matches: ['--output-fields=MESSAGE,PRIORITY,CONTAINER_PARTIAL_MESSAGE', `CONTAINER_ID_FULL=${id}`],
    ...(tail >= 0 && {newest: tail}),
    ...{follow, signal, ended},
  })
  for await (const entry of entries) yield pieceOf(entry)
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
