import {execFileSync} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {createConnection, type Socket} from 'node:net'
import {join} from 'node:path'
import {encode, type Frame, FrameSplitter, type} from './frames.ts'
import {relayProgram} from './guest-vm.ts'

/** A sandbox relay whose guest is played by the test, at the wire. */
export class FakeGuest implements AsyncDisposable {
  readonly relayPid: number
  readonly #socket: Socket
  readonly #frames: Frame[] = []
  #wake = () => {}

  private constructor(relayPid: number, socket: Socket) {
    this.relayPid = relayPid
    this.#socket = socket
    const splitter = new FrameSplitter()
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      this.#frames.push(...splitter.add(chunk))
      this.#wake()
    })
  }

  /** Starts the relay in the directory and answers its HELLO. */
  static async start(directory: string, args: readonly string[] = []): Promise<FakeGuest> {
    const channel = join(directory, 'channel.sock')
    const printed = execFileSync(relayProgram, [
      'sandbox',
      '--channel',
      channel,
      '--listen',
      join(directory, 'agent.sock'),
      ...args,
    ])
    const socket = createConnection(channel)
    await once(socket, 'connect')
    const guest = new FakeGuest(Number(printed.toString()), socket)
    const hello = await guest.next(type.hello)
    guest.send({type: type.hello, payload: Buffer.concat([hello.payload, Buffer.from('{}')])})
    return guest
  }

  send(frame: Partial<Frame> & {readonly type: number}): void {
    this.#socket.write(encode(frame))
  }

  sendRaw(bytes: string): void {
    this.#socket.write(bytes)
  }

  /** The next frame of this type from the host; others before it are dropped. */
  async next(wanted: number): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift()
      if (frame?.type === wanted) return frame
      if (!frame)
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
    }
  }

  /** Answers the next request with `{"ok":…}`; returns its channel. */
  async answer(ok: Record<string, unknown> = {}): Promise<number> {
    const {channel, serial} = await this.next(type.request)
    this.send({type: type.response, channel, serial, payload: Buffer.from(JSON.stringify({ok}))})
    return channel
  }

  /** As QEMU's death looks to the relay. */
  hangUp(): void {
    this.#socket.destroy()
  }

  get relayAlive(): boolean {
    return existsSync(`/proc/${this.relayPid}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp()
    try {
      process.kill(this.relayPid, 'SIGTERM')
    } catch {
      // It has ended with the connection.
    }
  }
}
