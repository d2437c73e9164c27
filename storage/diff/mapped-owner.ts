import type {IDMapping, IDMappings} from '../../src/host/index.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** The kernel's overflow id: who has no id in a user namespace is this one there. */
const NOBODY = 65534

/** Who the owner of a file on the host is in the user namespace. */
export function ownerInside({uids, gids}: IDMappings, {uid, gid}: Owner): Owner {
  return {uid: inside(uids, uid), gid: inside(gids, gid)}
}

/** Who on the host an owner in the user namespace is. */
export function ownerOutside({uids, gids}: IDMappings, {uid, gid}: Owner): Owner {
  return {uid: outside(uids, uid), gid: outside(gids, gid)}
}

function inside(maps: readonly IDMapping[], id: number): number {
  const map = maps.find(({hostID, size}) => id >= hostID && id < hostID + size)
  return map ? map.containerID + id - map.hostID : NOBODY
}

function outside(maps: readonly IDMapping[], id: number): number {
  const map = maps.find(({containerID, size}) => id >= containerID && id < containerID + size)
  return map ? map.hostID + id - map.containerID : NOBODY
}
