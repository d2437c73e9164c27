import {mkdirSync, statSync} from 'node:fs'
import {dirname} from 'node:path'
import {isErrno} from '../errors/index.ts'

/** Makes a directory and those above it. Unlike Node's own, it tells why it could not: Node says ENOENT of a read-only place. */
export function makeDirectories(path: string, mode: number): void {
  try {
    makeDirectory(path, mode)
  } catch (error) {
    if (!isErrno(error, 'ENOENT') || dirname(path) === path) throw error
    makeDirectories(dirname(path), mode)
    makeDirectory(path, mode)
  }
}

function makeDirectory(path: string, mode: number): void {
  try {
    mkdirSync(path, {mode})
  } catch (error) {
    // Somebody else may just have made it.
    if (!isErrno(error, 'EEXIST') || !statSync(path).isDirectory()) throw error
  }
}
