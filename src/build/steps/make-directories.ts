import {chownSync, lstatSync, mkdirSync} from 'node:fs'
import {dirname} from 'node:path'
import {resolveInRoot} from '../../host/index.ts'
import {resolveUser} from '../../oci/spec/index.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Makes missing directories inside the root filesystem, which get the owner. */
export function makeDirectories(rootfs: string, path: string, owner?: Owner): void {
  const missing: string[] = []
  for (
    let directory = resolveInRoot(rootfs, path);
    !lstatSync(directory, {throwIfNoEntry: false});
    directory = dirname(directory)
  )
    missing.unshift(directory)
  for (const directory of missing) {
    mkdirSync(directory, {mode: 0o755})
    if (owner) chownSync(directory, owner.uid, owner.gid)
  }
}

/** `USER[:GROUP]` by the root filesystem's own names; root when it is empty. @throws ERR_REFUSED */
export function ownerNamed(rootfs: string, user: string): Owner {
  if (user === '') return {uid: 0, gid: 0}
  const {uid, gid} = resolveUser(rootfs, user)
  return {uid, gid}
}
