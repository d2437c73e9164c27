import type {SeqpacketSocket} from '../host/index.ts'

/** The first byte of a packet from conmon. */
const STREAMS = new Map<number | undefined, 'stdout' | 'stderr'>([
  [2, 'stdout'],
  [3, 'stderr'],
])
/** One packet from conmon: a pipe's worth of output and its mark. */
const PACKET_BYTES = 64 * 1024
/** As many bytes go on together at most. */
const JOINED_BYTES = 256 * 1024

type PacketSource = Pick<SeqpacketSocket, 'read' | 'readNow'>

export interface Output {
  /** Undefined for what is no output of the process. */
  readonly stream: 'stdout' | 'stderr' | undefined
  readonly bytes: Buffer
}

/**
 * Reads a shim's packets of output, in their order. conmon sends 8 KiB at a time: what is there already is joined, so that
 * a process that prints a lot does not cost a thread's wake-up and a write for each.
 */
export class OutputPackets {
  readonly #socket: PacketSource
  readonly #packet = Buffer.allocUnsafeSlow(PACKET_BYTES)
  /** A packet of the other stream, read while joining. */
  #next: Buffer | undefined

  constructor(socket: PacketSource) {
    this.#socket = socket
  }

  /** The next output, in a buffer of its own: its taker may hold it. Undefined at the end. */
  async read(): Promise<Output | undefined> {
    const first = this.#next ?? (await this.#socket.read(this.#packet))
    this.#next = undefined
    if (!first) return undefined
    const mark = first[0]
    return {stream: STREAMS.get(mark), bytes: this.#join(mark, Buffer.from(first.subarray(1)))}
  }

  #join(mark: number | undefined, first: Buffer): Buffer {
    let joined = first
    let length = first.length
    while (length + PACKET_BYTES <= JOINED_BYTES) {
      const packet = this.#socket.readNow(this.#packet)
      if (!packet) break
      if (packet[0] !== mark) {
        this.#next = packet
        break
      }
      if (joined === first) {
        joined = Buffer.allocUnsafe(JOINED_BYTES)
        first.copy(joined)
      }
      length += packet.copy(joined, length, 1)
    }
    return joined.subarray(0, length)
  }
}
