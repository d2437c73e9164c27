import type {Socket} from 'node:net'
import {EngineError} from '../../errors/index.ts'
import {connectUnix} from '../unix-socket.ts'
import type {Agent, AgentAnswer, RequestOptions} from './agent.ts'
import {agentError} from './agent-error.ts'
import {encodeFrame, type Frame, FrameReader, frameTypes} from './frame.ts'
import {encodeRequest, parseEvent, parseResponse} from './message.ts'

interface Pending {
  readonly op: string
  readonly resolve: (answer: AgentAnswer) => void
  readonly reject: (error: Error) => void
}

/**
 * A control connection to the agent through the sandbox relay. The relay reads from it once the agent is there, so a
 * request may be sent while the guest still boots; its deadline then covers the boot.
 */
export class AgentClient implements Agent {
  readonly #socket: Socket
  readonly #timeoutMs: number
  readonly #reader = new FrameReader()
  readonly #pending = new Map<number, Pending>()
  readonly closed: Promise<void>
  #listener: ((event: Readonly<Record<string, unknown>>) => void) | undefined
  #nextSerial = 1
  #failure: Error | undefined

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket
    this.#timeoutMs = timeoutMs
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', (cause) => this.#fail(new EngineError('ERR_VM_GONE', 'agent connection', {cause})))
    socket.on('close', () => this.#fail(new EngineError('ERR_VM_GONE', 'agent connection closed')))
  }

  /** @throws ERR_VM_GONE when no relay listens */
  static async connect(path: string, timeoutMs: number): Promise<AgentClient> {
    return new AgentClient(await connectUnix(path), timeoutMs)
  }

  request(
    op: string,
    fields: Readonly<Record<string, unknown>> = {},
    options: RequestOptions = {},
  ): Promise<AgentAnswer> {
    if (this.#failure) return Promise.reject(this.#failure)
    const serial = this.#nextSerial++
    const payload = encodeRequest({op, ...fields}, options.tail)
    const answer = new Promise<AgentAnswer>((resolve, reject) => this.#pending.set(serial, {op, resolve, reject}))
    this.#socket.write(encodeFrame({type: frameTypes.request, port: 0, serial, payload}))
    return this.#deadline(answer, op, options.timeoutMs ?? this.#timeoutMs).finally(() => this.#pending.delete(serial))
  }

  async events(listener: (event: Readonly<Record<string, unknown>>) => void): Promise<void> {
    this.#listener = listener
    await this.request('events')
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#dispatch(frame)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #dispatch(frame: Frame): void {
    if (frame.type === frameTypes.event) this.#listener?.(parseEvent(frame.payload))
    else if (frame.type === frameTypes.response) this.#answer(frame)
    else throw new EngineError('ERR_AGENT_PROTOCOL', `frame of type ${frame.type} on a control connection`)
  }

  #answer(frame: Frame): void {
    const response = parseResponse(frame.payload)
    const pending = this.#pending.get(frame.serial)
    // An answer nobody waits for came after its deadline.
    if (!pending) return
    if ('error' in response) pending.reject(agentError(pending.op, response.error.code, response.error.message))
    else pending.resolve(response)
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#socket.destroy()
    for (const pending of this.#pending.values()) pending.reject(this.#failure)
    this.#pending.clear()
  }

  #deadline<T>(work: Promise<T>, op: string, timeoutMs: number): Promise<T> {
    if (timeoutMs === 0) return work
    let timer: NodeJS.Timeout
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new EngineError('ERR_AGENT_TIMEOUT', `${op} in ${timeoutMs} ms`)), timeoutMs)
    })
    return Promise.race([work, expired]).finally(() => clearTimeout(timer))
  }
}
