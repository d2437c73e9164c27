import {closeSync, mkdirSync, openSync} from 'node:fs'
import {type ByteString, openFlags, renameAt} from '../../src/host/index.ts'
import type {LayerName} from './layer-name.ts'
import {removeTreeAt} from './remove-tree.ts'

const OPEN_DIRECTORY = openFlags.readOnly | openFlags.directory | openFlags.noFollow

/** A file of the layer that a later entry of the same archive replaced; the layer's tar still needs its content. */
export interface ReplacedPath {
  /** Of the files that were opened, those before this index that lay at or below `path`. */
  readonly beforeFile: number
  readonly path: ByteString
  /** Its name in the directory of replaced files. */
  readonly name: string
}

/** Keeps what the archive itself replaced, in a directory of its own; without one it is removed. */
export class ReplacedFiles implements Disposable {
  readonly list: ReplacedPath[] = []
  readonly #directory: string | undefined
  #descriptor: number | undefined
  #files = 0

  /** `directory` is made when the first file comes; it is on the same file system as the layer. */
  constructor(directory: string | undefined) {
    this.#directory = directory
  }

  /** A file of the archive was opened. */
  countFile(): void {
    this.#files++
  }

  putAside({directory, base, path}: LayerName): void {
    if (this.#directory === undefined) {
      removeTreeAt(directory.descriptor, base)
      return
    }
    this.#descriptor ??= make(this.#directory)
    const name = String(this.list.length)
    renameAt(directory.descriptor, base, this.#descriptor, name)
    this.list.push({beforeFile: this.#files, path, name})
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
  }
}

function make(path: string): number {
  mkdirSync(path, {mode: 0o700})
  return openSync(path, OPEN_DIRECTORY)
}
