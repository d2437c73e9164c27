import {closeSync, mkdirSync, openSync} from 'node:fs'
import {dirname} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {EngineError, isErrno} from '../errors/index.ts'
import {syscall} from './native.ts'

const SHARED = 1
const EXCLUSIVE = 2
const NON_BLOCKING = 4
const FLOCK = 'int flock(int fd, int operation)'

const SHORTEST_PAUSE_MS = 1
const LONGEST_PAUSE_MS = 20

export interface LockOptions {
  /** Several holders may share it, none while one holds it exclusively. */
  readonly shared?: boolean
  /** The file has to be there: without it ENOENT is thrown, also when it goes while we wait. */
  readonly existing?: boolean
}

/**
 * A lock that the kernel releases when its holder dies (`flock(2)`). Two opens of one file exclude each other also
 * within a process. Dispose to release. The file stays: removing it would let two holders lock different inodes.
 */
export class LockFile implements Disposable {
  #descriptor: number | undefined

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /**
   * Waits without limit until the lock is held, by asking again and again. A flock that waits would take one of Node's few
   * worker threads: with all of them waiting, whoever holds the lock could wait in vain for a thread to end its work with.
   */
  static async acquire(path: string, options: LockOptions = {}): Promise<LockFile> {
    for (let pause = SHORTEST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      const held = LockFile.tryAcquire(path, options)
      if (held) return held
      await setTimeout(pause)
    }
  }

  /** Waits in this thread: only for locks that nobody holds for longer than an instant. */
  static acquireNow(path: string, options: LockOptions = {}): LockFile {
    const descriptor = open(path, options)
    try {
      syscall(FLOCK, descriptor, options.shared ? SHARED : EXCLUSIVE)
      return new LockFile(descriptor)
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }

  /** The lock, or undefined when somebody else holds it. */
  static tryAcquire(path: string, options: LockOptions = {}): LockFile | undefined {
    const descriptor = open(path, options)
    try {
      syscall(FLOCK, descriptor, (options.shared ? SHARED : EXCLUSIVE) | NON_BLOCKING)
      return new LockFile(descriptor)
    } catch (error) {
      closeSync(descriptor)
      if (isErrno(error, 'EAGAIN', 'EWOULDBLOCK')) return undefined
      throw error
    }
  }

  /** A program that gets it keeps the lock when we die: it is free only when both are gone. */
  get descriptor(): number {
    if (this.#descriptor === undefined) throw new EngineError('ERR_INTERNAL', 'a released lock has no descriptor')
    return this.#descriptor
  }

  release(): void {
    if (this.#descriptor === undefined) return
    closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  [Symbol.dispose](): void {
    this.release()
  }
}

function open(path: string, {existing}: LockOptions): number {
  if (existing) return openSync(path, 'r+')
  try {
    return openSync(path, 'a+', 0o600)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    mkdirSync(dirname(path), {recursive: true, mode: 0o700})
    return openSync(path, 'a+', 0o600)
  }
}
