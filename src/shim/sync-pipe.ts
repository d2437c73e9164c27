import type {Readable} from 'node:stream'

/** What conmon tells over its sync and attach pipes: one JSON object a line. `data` is a pid, an exit code or negative. */
export interface SyncMessage {
  readonly data: number
  readonly message?: string
}

/** The messages of a pipe, one after the other. */
export class SyncPipe {
  readonly #lines: AsyncIterator<SyncMessage>

  constructor(stream: Readable) {
    this.#lines = messages(stream)
  }

  /** The next message, or undefined when the shim has closed the pipe. */
  async next(): Promise<SyncMessage | undefined> {
    const {value, done} = await this.#lines.next()
    return done ? undefined : value
  }
}

async function* messages(stream: Readable): AsyncGenerator<SyncMessage, undefined> {
  let pending = ''
  try {
    for await (const chunk of stream) {
      const lines = (pending + String(chunk)).split('\n')
      pending = lines.pop() ?? ''
      for (const line of lines) yield parse(line)
    }
  } catch {
    // The shim died with the pipe open: the same as its end.
  }
  if (pending !== '') yield parse(pending)
  return undefined
}

function parse(line: string): SyncMessage {
  try {
    const {data, message} = JSON.parse(line) as Partial<SyncMessage>
    return {data: typeof data === 'number' ? data : -1, message}
  } catch {
    return {data: -1, message: line}
  }
}
