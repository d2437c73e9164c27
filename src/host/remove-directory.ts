import {existsSync} from 'node:fs'
import {removeTree} from './remove-tree.ts'

/** A few files at most are made meanwhile; whoever makes new ones for ever has not ended. */
const ATTEMPTS = 10

/** Removes a directory from which others may be removing at the same time, as a monitor that ends does. */
export function removeDirectory(path: string): void {
  for (let attempt = 0; attempt < ATTEMPTS && existsSync(path); attempt++) removeTree(path, ['ENOTEMPTY'])
}
