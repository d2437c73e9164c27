import {lstatSync, readdirSync, rmdirSync, rmSync, unlinkSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'
import {isMountPoint} from './mount.ts'

/**
 * Removes what something was mounted on or below, and is not any more. Where a copy of the whole tree still shows the mount
 * (`mount --rbind / /mnt`), the kernel keeps its place: that stays, empty, and all else goes. None is success.
 */
export function removeMountPlaces(path: string): void {
  try {
    rmSync(path, {recursive: true, force: true})
  } catch {
    // Why, Node does not say for a place in use: its code is empty then. What fails otherwise does so again.
    removeAround(path)
  }
}

function removeAround(path: string): void {
  if (isMountPoint(path)) return
  try {
    if (lstatSync(path).isDirectory()) {
      for (const name of readdirSync(path)) removeAround(join(path, name))
      rmdirSync(path)
    } else unlinkSync(path)
  } catch (error) {
    if (!isErrno(error, 'EBUSY', 'ENOTEMPTY', 'ENOENT')) throw error
  }
}
