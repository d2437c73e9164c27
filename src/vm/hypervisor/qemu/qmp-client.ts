import type {Socket} from 'node:net'
import {EngineError} from '../../../errors/index.ts'
import {connectUnix} from '../../unix-socket.ts'
import {parseQmpMessage, type QmpEvent, type QmpMessage} from './qmp-message.ts'

/** A line longer than this is no answer to anything we ask. */
const MAXIMUM_LINE = 1 << 20

interface Pending {
  readonly command: string
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * A QMP connection that has passed the greeting and capability negotiation. QEMU serves one client at a time: a second
 * one waits for its greeting, so connecting has a deadline. Dispose to let the next one in.
 */
export class QmpClient implements Disposable {
  readonly #socket: Socket
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Set<(event: QmpEvent) => void>()
  #buffer = ''
  #nextID = 1
  #failure: Error | undefined
  #greeted: (() => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => this.#receive(chunk))
    socket.on('error', (cause) => this.#fail(new EngineError('ERR_VM_GONE', 'QMP connection', {cause})))
    socket.on('close', () => this.#fail(new EngineError('ERR_VM_GONE', 'QMP connection closed')))
  }

  /** @throws ERR_VM_GONE when nobody listens, ERR_QMP when no greeting comes within `timeoutMs` */
  static async connect(path: string, timeoutMs: number): Promise<QmpClient> {
    const client = new QmpClient(await connectUnix(path))
    try {
      await client.#deadline(client.#greeting(), timeoutMs, 'greeting')
      await client.execute('qmp_capabilities', {}, timeoutMs)
      return client
    } catch (error) {
      client[Symbol.dispose]()
      throw error
    }
  }

  /** @throws ERR_QMP with QEMU's description; ERR_QMP_PROTOCOL; ERR_VM_GONE when the connection ends meanwhile */
  execute(command: string, parameters: Record<string, unknown> = {}, timeoutMs = 10_000): Promise<unknown> {
    if (this.#failure) return Promise.reject(this.#failure)
    const id = this.#nextID++
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, {command, resolve, reject}))
    this.#socket.write(`${JSON.stringify({execute: command, arguments: parameters, id})}\n`)
    return this.#deadline(answer, timeoutMs, command).finally(() => this.#pending.delete(id))
  }

  /** Calls `listener` for each event until the returned function is called. */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #greeting(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#greeted = resolve
      this.#pending.set(0, {command: 'greeting', resolve: () => resolve(), reject})
    })
  }

  #receive(chunk: string): void {
    this.#buffer += chunk
    const lines = this.#buffer.split('\n')
    this.#buffer = lines.pop() ?? ''
    try {
      for (const line of lines) if (line.trim() !== '') this.#dispatch(parseQmpMessage(line))
      if (this.#buffer.length > MAXIMUM_LINE) throw new EngineError('ERR_QMP_PROTOCOL', 'line too long')
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #dispatch(message: QmpMessage): void {
    if (message.kind === 'event') for (const listener of this.#listeners) listener(message.event)
    else if (message.kind === 'greeting') this.#greet()
    else this.#answer(message)
  }

  #greet(): void {
    this.#pending.delete(0)
    this.#greeted?.()
  }

  #answer(message: Extract<QmpMessage, {readonly id: number}>): void {
    const pending = this.#pending.get(message.id)
    // An answer nobody waits for came after its deadline.
    if (!pending) return
    if (message.kind === 'return') pending.resolve(message.value)
    else pending.reject(new EngineError('ERR_QMP', `${pending.command}: ${message.description}`))
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.#socket.destroy()
    for (const pending of this.#pending.values()) pending.reject(this.#failure)
    this.#pending.clear()
  }

  #deadline<T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
    let timer: NodeJS.Timeout
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new EngineError('ERR_QMP', `${what}: no answer in ${timeoutMs} ms`)), timeoutMs)
    })
    return Promise.race([work, expired]).finally(() => clearTimeout(timer))
  }
}
