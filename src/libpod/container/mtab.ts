import {lstatSync, symlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import {resolveInRoot} from '../../host/index.ts'

/** Old programs look for mounts in /etc/mtab: an image with an /etc but without that gets the usual link. */
export function linkMtab(rootfs: string): void {
  const path = join(resolveInRoot(rootfs, '/etc'), 'mtab')
  if (!lstatSync(dirname(path), {throwIfNoEntry: false})?.isDirectory()) return
  try {
    symlinkSync('/proc/mounts', path)
  } catch (error) {
    if (!isErrno(error, 'EEXIST', 'EROFS', 'EACCES')) throw error
  }
}
