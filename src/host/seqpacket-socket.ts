import {closeSync, constants, openSync, read, write} from 'node:fs'
import {basename, dirname} from 'node:path'
import {isErrno} from '../errors/index.ts'
import {libc, syscall} from './native.ts'

const AF_UNIX = 1
const SOCK_SEQPACKET = 5
const SOCK_CLOEXEC = 0o2000000
const O_PATH = 0o10000000
const SUN_PATH_SIZE = 108
const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000
const SHUT_WRITE = 1
const SHUT_BOTH = 2

/**
 * A connected Unix socket that keeps packets apart (SOCK_SEQPACKET), which Node's net cannot open. Reads and writes block
 * in libuv's threads; `close` wakes them.
 */
export class SeqpacketSocket {
  readonly #descriptor: number
  /** Reads and writes under way: the descriptor must not be closed, and its number reused, below them. */
  #pending = 0
  #closed = false

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** Connects by way of the open directory, so that the path may be longer than a socket address. */
  static connect(path: string): SeqpacketSocket {
    const directory = openSync(dirname(path), constants.O_DIRECTORY | O_PATH)
    try {
      const descriptor = syscall(
        'int socket(int domain, int type, int protocol)',
        AF_UNIX,
        SOCK_SEQPACKET | SOCK_CLOEXEC,
        0,
      )
      try {
        const address = unixAddress(`/proc/self/fd/${directory}/${basename(path)}`)
        syscall('int connect(int fd, const void *address, unsigned int length)', descriptor, address, address.length)
        return new SeqpacketSocket(descriptor)
      } catch (error) {
        closeSync(descriptor)
        throw error
      }
    } finally {
      closeSync(directory)
    }
  }

  /** The next packet, or undefined at the end. */
  read(buffer: Buffer): Promise<Buffer | undefined> {
    return this.#during((done) => {
      const next = (): void =>
        read(this.#descriptor, buffer, 0, buffer.length, null, (error, length) => {
          // Told once, when the other side went without reading all of ours: what it wrote before is behind that.
          if (error && isErrno(error, 'ECONNRESET') && !this.#closed) next()
          else if (error && !isErrno(error, 'ECONNRESET', 'EPIPE')) done(error)
          else done(null, error || length === 0 ? undefined : buffer.subarray(0, length))
        })
      next()
    })
  }

  /** A packet that is there already, without the way through a thread; undefined also at the end, or after a failure: `read` tells. */
  readNow(buffer: Buffer): Buffer | undefined {
    if (this.#closed) return undefined
    const length = libc(
      'int recv(int fd, void *buffer, size_t length, int flags)',
      ...[this.#descriptor, buffer, buffer.length, MSG_DONTWAIT],
    )
    return length > 0 ? buffer.subarray(0, length) : undefined
  }

  /** Sends one packet; waits while the other side is behind. False when it takes no more. */
  write(packet: Uint8Array): Promise<boolean> {
    if (this.#writeNow(packet)) return Promise.resolve(true)
    return this.#during((done) => {
      write(this.#descriptor, packet, 0, packet.length, null, (error) => {
        if (error && !isErrno(error, 'EPIPE', 'ECONNRESET')) done(error)
        else done(null, error === null)
      })
    })
  }

  #writeNow(packet: Uint8Array): boolean {
    if (this.#closed) return false
    const sent = libc(
      'int send(int fd, const void *packet, size_t length, int flags)',
      ...[this.#descriptor, packet, packet.length, MSG_DONTWAIT | MSG_NOSIGNAL],
    )
    return sent === packet.length
  }

  /** The other side reads the end; we may still read. */
  endWriting(): void {
    this.#shutdown(SHUT_WRITE)
  }

  close(): void {
    if (this.#closed) return
    this.#shutdown(SHUT_BOTH)
    this.#closed = true
    this.#closeWhenIdle()
  }

  #during<T>(start: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
    if (this.#closed) return Promise.resolve(undefined as T)
    this.#pending++
    return new Promise((resolve, reject) =>
      start((error, value) => {
        this.#pending--
        this.#closeWhenIdle()
        if (error) reject(error)
        else resolve(value as T)
      }),
    )
  }

  #closeWhenIdle(): void {
    if (this.#closed && this.#pending === 0) {
      this.#pending = -1
      closeSync(this.#descriptor)
    }
  }

  #shutdown(how: number): void {
    if (this.#closed) return
    try {
      syscall('int shutdown(int fd, int how)', this.#descriptor, how)
    } catch (error) {
      if (!isErrno(error, 'ENOTCONN')) throw error
    }
  }
}

/** @see unix(7): the family, then the path with its NUL */
function unixAddress(path: string): Buffer {
  const address = Buffer.alloc(2 + SUN_PATH_SIZE)
  address.writeUInt16LE(AF_UNIX, 0)
  address.write(path, 2, SUN_PATH_SIZE - 1, 'utf8')
  return address
}
