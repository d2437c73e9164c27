import type {ByteString} from '../../src/host/index.ts'
import {splitPath} from './entry-path.ts'

/** The paths that the archive itself has placed, with the directories above them: what a whiteout in it must not hide. */
export class PlacedPaths {
  readonly #paths = new Set<ByteString>()
  #lastDirectory: ByteString | undefined

  add(directory: ByteString, path: ByteString): void {
    this.#paths.add(path)
    if (directory === this.#lastDirectory) return
    this.#lastDirectory = directory
    for (let above = directory; above !== '' && !this.#paths.has(above); above = splitPath(above).directory)
      this.#paths.add(above)
  }

  has(path: ByteString): boolean {
    return this.#paths.has(path)
  }

  /** Forgets a path and all below it. */
  deleteTree(path: ByteString): void {
    this.#lastDirectory = undefined
    this.#paths.delete(path)
    for (const other of this.#paths) if (other.startsWith(`${path}/`)) this.#paths.delete(other)
  }
}
