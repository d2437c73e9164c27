import {closeSync, openSync} from 'node:fs'
import {isErrno} from '../../src/errors/index.ts'
import {syscall} from '../../src/host/index.ts'

const EXCLUSIVE_NON_BLOCKING = 2 | 4

/**
 * A directory that a live process works in: flock(2) on the directory itself, so a rename does not end it and the
 * kernel releases it when the process dies.
 */
export class DirectoryLease implements Disposable {
  #descriptor: number | undefined

  private constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  /** Undefined when somebody holds it. @throws ENOENT */
  static take(directory: string): DirectoryLease | undefined {
    const descriptor = openSync(directory, 'r')
    try {
      syscall('int flock(int fd, int operation)', descriptor, EXCLUSIVE_NON_BLOCKING)
      return new DirectoryLease(descriptor)
    } catch (error) {
      closeSync(descriptor)
      if (isErrno(error, 'EAGAIN', 'EWOULDBLOCK')) return undefined
      throw error
    }
  }

  /** False too when the directory is gone. */
  static isHeld(directory: string): boolean {
    try {
      using lease = DirectoryLease.take(directory)
      return lease === undefined
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false
      throw error
    }
  }

  [Symbol.dispose](): void {
    if (this.#descriptor === undefined) return
    closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
