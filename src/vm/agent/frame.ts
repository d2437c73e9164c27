import {EngineError} from '../../errors/index.ts'

/** @see docs/agent-protocol.md, section 1 */
export const frameTypes = {request: 2, response: 3, event: 4, data: 5, credit: 6, eof: 7, exit: 10, close: 11} as const

export interface Frame {
  readonly type: number
  readonly port: number
  readonly serial: number
  readonly payload: Buffer
}

const MAGIC = 0xb7
const VERSION = 1
const HEADER = 16

/** Longest payload by type; a type without an entry has none. */
const maximumPayload: Readonly<Record<number, number>> = {
  [frameTypes.request]: 1 << 20,
  [frameTypes.response]: 1 << 20,
  [frameTypes.event]: 8192,
  [frameTypes.data]: 65536,
  [frameTypes.exit]: 12,
}

export function encodeFrame(frame: Frame): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUInt8(MAGIC, 0)
  header.writeUInt8(VERSION, 1)
  header.writeUInt8(frame.type, 2)
  header.writeUInt8(frame.port, 3)
  header.writeUInt32LE(frame.payload.length, 8)
  header.writeUInt32LE(frame.serial, 12)
  return Buffer.concat([header, frame.payload])
}

/** Cuts a byte stream into frames. What comes is the guest's word: any header that does not fit ends it. */
export class FrameReader {
  readonly #chunks: Buffer[] = []
  #length = 0
  /** How many bytes it takes to go on: chunks are put together only then, or many small ones would be copied again and again. */
  #wanted = HEADER

  /** The frames that are complete with `chunk`. @throws ERR_AGENT_PROTOCOL */
  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    const frames: Frame[] = []
    while (this.#length >= this.#wanted) {
      const frame = this.#next()
      if (frame) frames.push(frame)
    }
    return frames
  }

  #next(): Frame | undefined {
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    const length = checkHeader(bytes)
    const end = HEADER + length
    const complete = bytes.length >= end
    this.#keep(complete ? bytes.subarray(end) : bytes, complete ? HEADER : end)
    if (!complete) return undefined
    return {
      type: bytes.readUInt8(2),
      port: bytes.readUInt8(3),
      serial: bytes.readUInt32LE(12),
      payload: bytes.subarray(HEADER, end),
    }
  }

  #keep(bytes: Buffer, wanted: number): void {
    this.#chunks.splice(0, this.#chunks.length, bytes)
    this.#length = bytes.length
    this.#wanted = wanted
  }
}

function checkHeader(bytes: Buffer): number {
  if (bytes.readUInt8(0) !== MAGIC) throw new EngineError('ERR_AGENT_PROTOCOL', 'frame without magic')
  if (bytes.readUInt8(1) !== VERSION)
    throw new EngineError('ERR_AGENT_PROTOCOL', `frame of version ${bytes.readUInt8(1)}`)
  const type = bytes.readUInt8(2)
  const length = bytes.readUInt32LE(8)
  if (!Object.values<number>(frameTypes).includes(type))
    throw new EngineError('ERR_AGENT_PROTOCOL', `frame of type ${type}`)
  if (length > (maximumPayload[type] ?? 0))
    throw new EngineError('ERR_AGENT_PROTOCOL', `frame of type ${type} with ${length} bytes`)
  return length
}
