import {symlinkSync} from 'node:fs'
import {isErrno} from '../../../errors/index.ts'
import {resolveInRoot} from '../../../host/index.ts'

/** Old programs read /etc/mtab: it becomes a link to /proc/mounts unless the image has it, or has no /etc. */
export function linkMtab(rootfs: string): void {
  try {
    symlinkSync('/proc/mounts', `${resolveInRoot(rootfs, '/etc')}/mtab`)
  } catch (error) {
    if (!isErrno(error, 'EEXIST', 'ENOENT', 'ENOTDIR', 'EROFS', 'EACCES')) throw error
  }
}
