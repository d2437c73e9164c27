import {chmodSync, lchownSync, statSync} from 'node:fs'
import {dirname} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import type {IDMappings} from '../../host/index.ts'
import type {Mount} from '../../oci/types/runtime-spec.ts'
import type {ContainerConfig} from '../define/container-config.ts'

/** The ids that the container's user namespace maps; undefined when it has none of its own. */
export function idMapsOf({namespaces}: ContainerConfig): IDMappings | undefined {
  const {uidMap, gidMap} = namespaces.user
  return uidMap.length > 0 && gidMap.length > 0 ? {uids: uidMap, gids: gidMap} : undefined
}

/** @throws ERR_NOT_SUPPORTED for a container whose files have other owners on the host */
export function refuseMapped(config: ContainerConfig, operation: string): void {
  if (idMapsOf(config)) throw new EngineError('ERR_NOT_SUPPORTED', `${operation} of a container in a user namespace`)
}

/** The host id of an id inside; itself without a user namespace. */
export function hostIDs(config: ContainerConfig, {uid, gid}: {readonly uid: number; readonly gid: number}) {
  const maps = idMapsOf(config)
  return maps ? {uid: mapped(maps.uids, uid), gid: mapped(maps.gids, gid)} : {uid, gid}
}

function mapped(maps: IDMappings['uids'], id: number): number {
  const map = maps.find(({containerID, size}) => id >= containerID && id < containerID + size)
  return map ? map.hostID + id - map.containerID : id
}

/** Files that the engine made for the container belong to its root, which may change them as without a user namespace. */
export function giveToContainer(config: ContainerConfig, mounts: readonly Mount[]): void {
  if (!idMapsOf(config)) return
  const {uid, gid} = hostIDs(config, {uid: 0, gid: 0})
  for (const {source} of mounts) if (source) lchownSync(source, uid, gid)
}

/**
 * Lets the container's root, on the host a user like any other, walk to `path`: every directory above it gets the right of
 * passage (not of reading), as podman gives it.
 */
export function makeReachable(path: string): void {
  for (let directory = path; directory !== '/'; directory = dirname(directory)) {
    const {mode} = statSync(directory)
    if ((mode & 0o111) !== 0o111) chmodSync(directory, (mode & 0o7777) | 0o111)
  }
}
