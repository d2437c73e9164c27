import {closeSync, ftruncateSync, writeSync} from 'node:fs'
import type {ByteString} from '../../src/host/index.ts'
import type {TarEntry} from '../tar/tar-entry.ts'
import {setAttributes} from './attributes.ts'
import {placeError} from './place-error.ts'

/** An entry whose content now comes. */
export interface OpenFile {
  /** Below the layer, all links resolved. */
  readonly path: ByteString
  write(bytes: Buffer, position: number): void
  close(): void
}

/** A new file of a layer; what its entry says of it is set when it is closed, because writing would change it. */
export class OpenLayerFile implements OpenFile {
  readonly path: ByteString
  readonly #entry: TarEntry
  #descriptor: number | undefined

  constructor(descriptor: number, path: ByteString, entry: TarEntry) {
    this.#descriptor = descriptor
    this.path = path
    this.#entry = entry
    if (entry.segments) ftruncateSync(descriptor, entry.size)
  }

  write(bytes: Buffer, position: number): void {
    if (this.#descriptor === undefined) return
    try {
      for (let done = 0; done < bytes.length; )
        done += writeSync(this.#descriptor, bytes, done, bytes.length - done, position + done)
    } catch (error) {
      throw placeError(this.#entry, error)
    }
  }

  close(): void {
    if (this.#descriptor === undefined) return
    try {
      setAttributes(this.#descriptor, this.#entry)
    } catch (error) {
      throw placeError(this.#entry, error)
    } finally {
      this.abandon()
    }
  }

  abandon(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
