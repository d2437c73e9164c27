import type {Readable, Writable} from 'node:stream'
import {SeqpacketSocket} from '../host/index.ts'
import {DetachKeyFilter} from './detach-keys.ts'
import {OutputPackets} from './output-packets.ts'

/** conmon reads no more of a packet than this. */
const INPUT_BYTES = 32 * 1024

export interface Streams {
  readonly stdin?: Readable
  readonly stdout?: Writable
  readonly stderr?: Writable
}

/**
 * A client of a shim's attach socket: carries output to the streams as fast as they take it, and input from stdin to its
 * end, which the process then sees as its own.
 */
export class AttachClient {
  readonly #socket: SeqpacketSocket
  readonly #streams: Streams
  readonly #keys: DetachKeyFilter
  #detached = false
  #stopInput: () => void = () => {}

  /**
   * @param detachKeys empty for none: only a terminal's user types them, piped bytes may hold anything
   * @throws ENOENT, ECONNREFUSED as system errors when no shim listens
   */
  constructor(socketPath: string, streams: Streams, detachKeys: Uint8Array) {
    this.#socket = SeqpacketSocket.connect(socketPath)
    this.#streams = streams
    this.#keys = new DetachKeyFilter(detachKeys)
  }

  /** Carries bytes until the process has closed its output, or `detach`. Called once. */
  async run(): Promise<'ended' | 'detached'> {
    void this.#carryInput()
    try {
      await this.#carryOutput()
    } finally {
      this.#stopInput()
      this.#socket.close()
    }
    return this.#detached ? 'detached' : 'ended'
  }

  /** Ends `run`; the process goes on. */
  detach(): void {
    this.#detached = true
    this.#stopInput()
    this.#socket.close()
  }

  async #carryOutput(): Promise<void> {
    const packets = new OutputPackets(this.#socket)
    for (let output = await packets.read(); output; output = await packets.read()) {
      const target = output.stream && this.#streams[output.stream]
      if (target) await writeAll(target, output.bytes)
    }
  }

  async #carryInput(): Promise<void> {
    const {stdin} = this.#streams
    if (!stdin) return
    // An iterator would destroy the stream at the end, and the terminal is not ours to close.
    const input = chunksOf(stdin)
    this.#stopInput = input.stop
    for await (const chunk of input.chunks) {
      const {pass, detached} = this.#keys.feed(chunk)
      if (!(await this.#send(pass))) return
      if (detached) return this.detach()
    }
    if (!this.#detached) this.#socket.endWriting()
  }

  async #send(bytes: Uint8Array): Promise<boolean> {
    for (let offset = 0; offset < bytes.length; offset += INPUT_BYTES)
      if (!(await this.#socket.write(bytes.subarray(offset, offset + INPUT_BYTES)))) return false
    return true
  }
}

/** Writes and waits while the stream is full. A stream that is gone (a closed pipe) swallows the rest. */
function writeAll(stream: Writable, bytes: Uint8Array): Promise<void> | undefined {
  if (stream.destroyed || stream.writableEnded || stream.write(bytes)) return undefined
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['drain', 'close', 'error']) stream.off(event, done)
      resolve()
    }
    for (const event of ['drain', 'close', 'error']) stream.once(event, done)
  })
}

/** The stream's chunks one at a time; `stop` lets go of it and ends them. */
function chunksOf(stream: Readable): {chunks: AsyncIterable<Uint8Array>; stop: () => void} {
  let wake: () => void = () => {}
  let over = false
  const end = (): void => {
    over = true
    wake()
  }
  const readable = (): void => wake()
  stream.on('readable', readable).once('end', end).once('close', end).once('error', end)
  const stop = (): void => {
    stream.off('readable', readable)
    stream.pause()
    end()
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk: unknown = over && stream.readableLength === 0 ? null : stream.read()
      if (chunk !== null) yield typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array)
      else if (over || stream.readableEnded || stream.destroyed) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return {chunks: chunks(), stop}
}
