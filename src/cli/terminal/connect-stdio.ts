import {finished} from 'node:stream/promises'
import {isatty} from 'node:tty'
import type {AttachOptions, AttachSession} from '../../libpod/define/attach.ts'
import {DescriptorWriter} from './descriptor-writer.ts'
import {RawMode} from './raw-mode.ts'
import {SignalProxy} from './signal-proxy.ts'
import {windowSize} from './window-size.ts'

export interface StdioOptions {
  /** The process inside has a terminal. */
  readonly terminal: boolean
  readonly stdin: boolean
  /** Default true. */
  readonly stdout?: boolean
  /** Default true. A process with a terminal has no stderr of its own. */
  readonly stderr?: boolean
  readonly detachKeys?: string
  /** Where this process's signals go; without it they do what they always do. */
  readonly deliver?: (signal: number) => Promise<void>
}

/**
 * Connects this process's stdio to a container's until the connection ends: raw mode and window size where both sides
 * have a terminal, signals passed on. The terminal is restored whatever happens.
 *
 * @param connect opens the connection with the streams it is given
 * @returns the session, ended, and how it ended
 * @throws BrokenPipeError when the reader of our output went away; a system error when it cannot be written
 */
export async function connectStdio<Session extends AttachSession>(
  options: StdioOptions,
  connect: (streams: AttachOptions) => Promise<Session>,
): Promise<{readonly session: Session; readonly outcome: 'ended' | 'detached'}> {
  const interactive = options.terminal && options.stdin
  const ownTerminal = isatty(0)
  using _raw = interactive && ownTerminal ? new RawMode(0) : undefined
  using _signals = options.deliver ? new SignalProxy(options.deliver) : undefined
  const outputs = openOutputs(options)
  const session = await connect({
    ...(options.stdin && {stdin: process.stdin}),
    ...outputs.streams,
    detachKeys: options.detachKeys,
    size: options.terminal ? windowSize(0) : undefined,
  })
  using _resize = options.terminal && ownTerminal ? new ResizeFollower(session) : undefined
  const outcome = await Promise.race([session.ended, outputs.broken])
  await outputs.flush()
  return {session, outcome}
}

interface Outputs {
  readonly streams: {readonly stdout?: DescriptorWriter; readonly stderr?: DescriptorWriter}
  /** Rejects when a reader is gone. */
  readonly broken: Promise<never>
  /** Waits until all that was written is with its reader. */
  flush(): Promise<void>
}

function openOutputs(options: StdioOptions): Outputs {
  const stdout = options.stdout === false ? undefined : new DescriptorWriter(1)
  const stderr = options.stderr === false ? undefined : new DescriptorWriter(2)
  const writers = [stdout, stderr].filter((writer) => writer !== undefined)
  const broken = new Promise<never>((_, reject) => {
    for (const writer of writers) writer.on('error', reject)
  })
  broken.catch(() => undefined)
  return {streams: {stdout, stderr}, broken, flush: async () => void (await Promise.all(writers.map(endOf)))}
}

async function endOf(writer: DescriptorWriter): Promise<void> {
  const end = finished(writer, {readable: false})
  writer.end()
  await end
}

/** Tells the session each change of our terminal's size. */
class ResizeFollower implements Disposable {
  readonly #listener: () => void

  constructor(session: AttachSession) {
    this.#listener = () => {
      const size = windowSize(0)
      if (size) session.resize(size)
    }
    process.on('SIGWINCH', this.#listener)
    // The size may have changed while the connection was made.
    this.#listener()
  }

  [Symbol.dispose](): void {
    process.off('SIGWINCH', this.#listener)
  }
}
