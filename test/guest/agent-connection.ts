import {once} from 'node:events'
import {createConnection, type Socket} from 'node:net'
import {encode, type Frame, FrameSplitter, type} from './frames.ts'

export interface Answer {
  readonly ok?: Record<string, unknown>
  readonly error?: {readonly code: string; readonly message: string}
  readonly tail: Buffer
}

/** One connection to agent.sock. */
export class AgentConnection implements AsyncDisposable {
  readonly #socket: Socket
  readonly #answers = new Map<number, (answer: Answer) => void>()
  #serial = 0
  closed = false
  /** Called with everything that is no answer. */
  onFrame: (frame: Frame) => void = () => {}

  private constructor(socket: Socket) {
    this.#socket = socket
    const splitter = new FrameSplitter()
    socket.on('data', (chunk) => {
      for (const frame of splitter.add(chunk)) this.#receive(frame)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.closed = true
      for (const answer of this.#answers.values())
        answer({error: {code: 'closed', message: 'closed'}, tail: Buffer.of()})
      this.#answers.clear()
    })
  }

  static async open(path: string): Promise<AgentConnection> {
    const socket = createConnection(path)
    await once(socket, 'connect')
    return new AgentConnection(socket)
  }

  send(frame: Partial<Frame> & {readonly type: number}): void {
    this.#socket.write(encode(frame))
  }

  sendRaw(bytes: Buffer): void {
    this.#socket.write(bytes)
  }

  /** Stops or goes on reading from the relay. */
  pause(paused: boolean): void {
    if (paused) this.#socket.pause()
    else this.#socket.resume()
  }

  ask(request: Record<string, unknown>, tail?: string | Buffer): Promise<Answer> {
    const serial = ++this.#serial
    const json = Buffer.from(JSON.stringify(request))
    const payload = tail === undefined ? json : Buffer.concat([json, Buffer.of(0), Buffer.from(tail)])
    this.send({type: type.request, serial, payload})
    return new Promise((resolve) => {
      this.#answers.set(serial, resolve)
    })
  }

  /** The `ok` object; an error is thrown with its code in front. */
  async request(request: Record<string, unknown>, tail?: string | Buffer): Promise<Record<string, unknown>> {
    const answer = await this.ask(request, tail)
    if (answer.ok) return answer.ok
    throw new Error(`${answer.error?.code}: ${answer.error?.message}`)
  }

  async waitForClose(): Promise<void> {
    if (!this.closed) await once(this.#socket, 'close')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
    await this.waitForClose()
  }

  #receive(frame: Frame): void {
    const answer = frame.type === type.response ? this.#answers.get(frame.serial) : undefined
    if (!answer) {
      this.onFrame(frame)
      return
    }
    this.#answers.delete(frame.serial)
    const nul = frame.payload.indexOf(0)
    const json = nul < 0 ? frame.payload : frame.payload.subarray(0, nul)
    const tail = nul < 0 ? Buffer.of() : frame.payload.subarray(nul + 1)
    answer({...(JSON.parse(json.toString()) as Omit<Answer, 'tail'>), tail})
  }
}
