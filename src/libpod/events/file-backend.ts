import {appendFileSync, closeSync, fstatSync, mkdirSync, openSync, readSync, statSync} from 'node:fs'
import {dirname} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import {LockFile, writeFileAtomic} from '../../host/index.ts'
import {FileChange} from '../../shim/index.ts'
import type {EngineEvent, EventQuery} from '../define/event.ts'
import {rfc3339Now} from '../define/time.ts'
import type {EventBackend} from './event-log.ts'

const NEWLINE = 0x0a
const CHUNK_BYTES = 256 * 1024

/**
 * Events as lines of JSON in one file, as podman keeps them. When it has grown over its limit, the newer half stays.
 * Appending is one write and needs no lock against others who append, only against the one who cuts.
 */
export class FileBackend implements EventBackend {
  readonly #path: string
  readonly #maxBytes: number

  /** @param maxBytes 0 for no limit */
  constructor(path: string, maxBytes: number) {
    this.#path = path
    this.#maxBytes = maxBytes
  }

  write(event: EngineEvent): void {
    const lock = LockFile.acquireNow(this.#lockPath, {shared: true})
    this.#append(event)
    lock.release()
    if (this.#maxBytes > 0 && statSync(this.#path).size > this.#maxBytes) this.#rotate()
  }

  async *read(query: Pick<EventQuery, 'follow' | 'history' | 'signal' | 'untilMs'>): AsyncGenerator<EngineEvent> {
    const skipHistory = query.follow === true && query.history !== true
    const cursor = new FileCursor(this.#path, skipHistory)
    try {
      using change = query.follow ? new FileChange(this.#path) : undefined
      for (;;) {
        yield* cursor.read()
        const over = query.signal?.aborted || (query.untilMs !== undefined && Date.now() > query.untilMs)
        if (!change || over) return
        await change.next(query.signal)
      }
    } finally {
      cursor.close()
    }
  }

  #append(event: EngineEvent): void {
    const line = `${JSON.stringify(event)}\n`
    try {
      appendFileSync(this.#path, line, {mode: 0o600})
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error
      mkdirSync(dirname(this.#path), {recursive: true, mode: 0o700})
      appendFileSync(this.#path, line, {mode: 0o600})
    }
  }

  /** Whoever finds the lock taken leaves it to the other: it is being cut, or somebody just appends. */
  #rotate(): void {
    using lock = LockFile.tryAcquire(this.#lockPath)
    if (!lock || statSync(this.#path).size <= this.#maxBytes) return
    const text = readAll(this.#path)
    const cut = text.indexOf(NEWLINE, text.length - Math.floor(this.#maxBytes / 2)) + 1
    const rotation: EngineEvent = {Name: this.#path, Status: 'log-rotation', Type: 'system', Time: rfc3339Now()}
    writeFileAtomic(this.#path, Buffer.concat([text.subarray(cut), Buffer.from(`${JSON.stringify(rotation)}\n`)]), {
      durable: false,
    })
  }

  get #lockPath(): string {
    return `${this.#path}.lock`
  }
}

/** Reads on in a file that grows, and from the begin of the one that takes its place. */
class FileCursor {
  readonly #path: string
  #descriptor: number | undefined
  #inode = 0n
  #offset = 0
  #pending: Buffer = Buffer.alloc(0)
  /** After a cut, what both files hold was told already. */
  #lastLine = ''

  constructor(path: string, fromEnd: boolean) {
    this.#path = path
    this.#open()
    if (fromEnd && this.#descriptor !== undefined) this.#offset = fstatSync(this.#descriptor).size
  }

  *read(): Generator<EngineEvent> {
    if (this.#descriptor === undefined) this.#open()
    for (const {event} of this.#entries()) yield event
    const now = statSync(this.#path, {bigint: true, throwIfNoEntry: false})
    if (!now || now.ino === this.#inode) return
    const told = this.#lastLine
    this.close()
    this.#open()
    const entries = [...this.#entries()]
    yield* entries.slice(entries.findLastIndex(({line}) => line === told) + 1).map(({event}) => event)
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #open(): void {
    try {
      this.#descriptor = openSync(this.#path, 'r')
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return
      throw error
    }
    this.#inode = fstatSync(this.#descriptor, {bigint: true}).ino
    this.#offset = 0
    this.#pending = Buffer.alloc(0)
  }

  *#entries(): Generator<Entry> {
    if (this.#descriptor === undefined) return
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
    for (;;) {
      const length = readSync(this.#descriptor, buffer, 0, CHUNK_BYTES, this.#offset)
      if (length === 0) return
      this.#offset += length
      yield* this.#split(Buffer.concat([this.#pending, buffer.subarray(0, length)]))
    }
  }

  *#split(bytes: Buffer): Generator<Entry> {
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      const line = bytes.toString('utf8', start, end)
      const event = parseEvent(line)
      start = end + 1
      if (!event) continue
      this.#lastLine = line
      yield {line, event}
    }
    this.#pending = bytes.subarray(start)
  }
}

interface Entry {
  readonly line: string
  readonly event: EngineEvent
}

/** A line that a crash cut is no event. */
function parseEvent(line: string): EngineEvent | undefined {
  try {
    const event = JSON.parse(line) as Partial<EngineEvent>
    return typeof event.Time === 'string' && typeof event.Type === 'string' ? (event as EngineEvent) : undefined
  } catch {
    return undefined
  }
}

function readAll(path: string): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(fstatSync(descriptor).size)
    readSync(descriptor, buffer, 0, buffer.length, 0)
    return buffer
  } finally {
    closeSync(descriptor)
  }
}
