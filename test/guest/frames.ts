/** Frames of docs/agent-protocol.md, written apart from src/vm so that the two can be held against each other. */
export const type = {
  hello: 1,
  request: 2,
  response: 3,
  event: 4,
  data: 5,
  credit: 6,
  eof: 7,
  signal: 8,
  resize: 9,
  exit: 10,
  close: 11,
} as const

export interface Frame {
  readonly type: number
  readonly port: number
  readonly channel: number
  readonly serial: number
  readonly payload: Buffer
}

export function encode(frame: Partial<Frame> & {readonly type: number}): Buffer {
  const payload = frame.payload ?? Buffer.alloc(0)
  const header = Buffer.alloc(16)
  header[0] = 0xb7
  header[1] = 1
  header[2] = frame.type
  header[3] = frame.port ?? 0
  header.writeUInt32LE(frame.channel ?? 0, 4)
  header.writeUInt32LE(payload.length, 8)
  header.writeUInt32LE(frame.serial ?? 0, 12)
  return Buffer.concat([header, payload])
}

/** Cuts what arrives into frames. */
export class FrameSplitter {
  #chunks: Buffer[] = []
  #length = 0

  add(chunk: Buffer): Frame[] {
    const frames: Frame[] = []
    this.#chunks.push(chunk)
    this.#length += chunk.length
    while (this.#length >= 16) {
      const size = 16 + this.#peek(16).readUInt32LE(8)
      if (this.#length < size) break
      const bytes = this.#take(size)
      frames.push({
        type: bytes[2] ?? 0,
        port: bytes[3] ?? 0,
        channel: bytes.readUInt32LE(4),
        serial: bytes.readUInt32LE(12),
        payload: bytes.subarray(16),
      })
    }
    return frames
  }

  #peek(size: number): Buffer {
    const first = this.#chunks[0]
    if (first && first.length >= size) return first
    this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] as Buffer
  }

  #take(size: number): Buffer {
    const all = this.#peek(size)
    const rest = all.subarray(size)
    this.#chunks.shift()
    if (rest.length > 0) this.#chunks.unshift(rest)
    this.#length -= size
    return all.subarray(0, size)
  }
}
