import {rmSync} from 'node:fs'
import {isMountPoint} from './mount.ts'
import {removeTree} from './remove-tree.ts'

/**
 * Removes what something was mounted on or below, and is not any more. Where a copy of the whole tree still shows the mount
 * (`mount --rbind / /mnt`), the kernel keeps its place: that stays, empty, and all else goes. None is success.
 */
export function removeMountPlaces(path: string): void {
  try {
    rmSync(path, {recursive: true, force: true})
  } catch {
    // Why, Node does not say for a place in use: its code is empty then. What fails otherwise does so again.
    removeTree(path, ['EBUSY', 'ENOTEMPTY'], isMountPoint)
  }
}
