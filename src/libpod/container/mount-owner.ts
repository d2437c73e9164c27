import {lchownSync, lstatSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {prepareAccounts} from '../../oci/spec/index.ts'
import type {HeldContainer} from './held-container.ts'
import {hostIDs} from './user-namespace.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** The container's user, as the host numbers it. */
export function containerOwner({config, bundle}: HeldContainer, rootfs: string): Owner {
  return hostIDs(config, prepareAccounts(config, rootfs, bundle).user)
}

/** The option `U`: a directory or file and all below it goes to the container's user. */
export function giveTree(path: string, owner: Owner): void {
  const stat = lstatSync(path)
  if (stat.uid !== owner.uid || stat.gid !== owner.gid) lchownSync(path, owner.uid, owner.gid)
  if (stat.isDirectory()) for (const name of readdirSync(path)) giveTree(join(path, name), owner)
}
