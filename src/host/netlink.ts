import {closeSync, readSync, write, writeSync} from 'node:fs'
import {promisify} from 'node:util'
import {syscall, systemError} from './native.ts'

const AF_NETLINK = 16
const SOCK_RAW = 3
const SOCK_CLOEXEC = 0o2000000
const ROUTE = 0

const REQUEST = 0x1
const ACKNOWLEDGE = 0x4
const DUMP = 0x300
export const netlinkFlags = {create: 0x400, exclusive: 0x200, dump: DUMP} as const

const HEADER_BYTES = 16
const ERROR = 2
const DONE = 3
/** The kernel fills at most 32 KiB with one part of a list. */
const PART_BYTES = 65_536

export interface NetlinkRequest {
  readonly type: number
  /** Of `netlinkFlags`. */
  readonly flags?: number
  /** The message's own header, and its attributes. */
  readonly body: readonly Buffer[]
}

/**
 * A conversation with the kernel about interfaces, addresses and routes of the network namespace in which it was opened.
 * @see rtnetlink(7)
 */
export class NetlinkSocket implements Disposable {
  readonly #descriptor = syscall(
    'int socket(int domain, int type, int protocol)',
    AF_NETLINK,
    SOCK_RAW | SOCK_CLOEXEC,
    ROUTE,
  )
  #sequence = 0

  /** The bodies of the answers. @throws a system error with the kernel's number */
  ask(request: NetlinkRequest): readonly Buffer[] {
    const message = this.#encode(request)
    writeSync(this.#descriptor, message)
    return this.#answers()
  }

  /** The same for what takes long, such as removals: it waits in a thread. */
  async askWaiting(request: NetlinkRequest): Promise<readonly Buffer[]> {
    const message = this.#encode(request)
    await promisify(write)(this.#descriptor, message)
    return this.#answers()
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor)
  }

  #encode({type, flags = 0, body}: NetlinkRequest): Buffer {
    const header = Buffer.alloc(HEADER_BYTES)
    const message = Buffer.concat([header, ...body])
    message.writeUInt32LE(message.length, 0)
    message.writeUInt16LE(type, 4)
    message.writeUInt16LE(flags | REQUEST | ACKNOWLEDGE, 6)
    message.writeUInt32LE(++this.#sequence, 8)
    return message
  }

  #answers(): readonly Buffer[] {
    const answers: Buffer[] = []
    for (;;) {
      const part = Buffer.allocUnsafe(PART_BYTES)
      const length = readSync(this.#descriptor, part)
      for (let at = 0; at + HEADER_BYTES <= length; ) {
        const size = part.readUInt32LE(at)
        const type = part.readUInt16LE(at + 4)
        const body = part.subarray(at + HEADER_BYTES, at + size)
        if (type === ERROR || type === DONE) {
          const code = body.length >= 4 ? -body.readInt32LE(0) : 0
          if (code > 0) throw systemError(code, 'netlink')
          return answers
        }
        answers.push(body)
        at += align(size)
      }
    }
  }
}

/** An attribute: bytes, a name or a 32-bit number; or the attributes within it. */
export function netlinkAttribute(type: number, value: Buffer | string | number | readonly Buffer[]): Buffer {
  const payload = payloadOf(value)
  const attribute = Buffer.alloc(align(4 + payload.length))
  attribute.writeUInt16LE(4 + payload.length, 0)
  attribute.writeUInt16LE(type, 2)
  payload.copy(attribute, 4)
  return attribute
}

/** The attributes of an answer, by type. @param at where they begin */
export function netlinkAttributes(body: Buffer, at: number): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>()
  for (let next = at; next + 4 <= body.length; ) {
    const size = body.readUInt16LE(next)
    if (size < 4) break
    found.set(body.readUInt16LE(next + 2) & 0x3fff, body.subarray(next + 4, next + size))
    next += align(size)
  }
  return found
}

function payloadOf(value: Buffer | string | number | readonly Buffer[]): Buffer {
  if (typeof value === 'string') return Buffer.from(`${value}\0`)
  if (typeof value === 'object') return Buffer.isBuffer(value) ? value : Buffer.concat(value as readonly Buffer[])
  const number = Buffer.alloc(4)
  number.writeUInt32LE(value)
  return number
}

function align(length: number): number {
  return (length + 3) & ~3
}
