import {closeSync, fstatSync, readSync, writeSync} from 'node:fs'
import {syscall} from './native.ts'

const CLOSE_ON_EXEC = 1

/** A nameless file in memory: what a program reads, or where it prints without anybody having to read along. */
export class MemoryFile implements Disposable {
  readonly descriptor: number

  constructor(content = '') {
    this.descriptor = syscall('int memfd_create(const char *name, unsigned int flags)', 'berth', CLOSE_ON_EXEC)
    const bytes = Buffer.from(content)
    // At a position: the program's reading starts where our descriptor stands.
    for (let at = 0; at < bytes.length; ) at += writeSync(this.descriptor, bytes, at, bytes.length - at, at)
  }

  text(): string {
    return this.bytes().toString()
  }

  bytes(): Buffer {
    const bytes = Buffer.alloc(fstatSync(this.descriptor).size)
    let at = 0
    for (let length = -1; length !== 0 && at < bytes.length; at += length)
      length = readSync(this.descriptor, bytes, at, bytes.length - at, at)
    return bytes.subarray(0, at)
  }

  [Symbol.dispose](): void {
    closeSync(this.descriptor)
  }
}
