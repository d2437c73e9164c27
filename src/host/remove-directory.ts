import {existsSync, rmSync} from 'node:fs'

/** A few files at most come and go meanwhile; whoever makes new ones for ever has not ended. */
const ATTEMPTS = 10

/**
 * Removes a directory from which others may be removing at the same time, as a monitor that ends does: Node's own removal
 * then stops at the file that has gone, leaves all others and says nothing.
 */
export function removeDirectory(path: string): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    rmSync(path, {recursive: true, force: true})
    if (!existsSync(path)) return
  }
}
