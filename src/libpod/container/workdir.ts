import {chownSync, mkdirSync, statSync} from 'node:fs'
import {EngineError, isErrno} from '../../errors/index.ts'
import {resolveInRoot} from '../../host/index.ts'
import type {ResolvedUser} from '../../oci/spec/index.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import {hostIDs} from './user-namespace.ts'

/**
 * Makes the working directory of an image that does not have it, owned by the container's user. One that was asked for must
 * be there, unless a mount brings it.
 * @throws ERR_REFUSED in podman's words
 */
export function prepareWorkdir(config: ContainerConfig, rootfs: string, user: ResolvedUser): void {
  const {workdir, workdirRequired} = config.process
  if (workdir === '/' || config.mounts.some(({destination}) => `${workdir}/`.startsWith(`${destination}/`))) return
  const path = resolveInRoot(rootfs, workdir)
  if (isDirectory(path)) return
  if (workdirRequired)
    throw new EngineError('ERR_REFUSED', `workdir "${workdir}" does not exist on container ${config.id}`)
  try {
    mkdirSync(path, {recursive: true, mode: 0o755})
    const {uid, gid} = hostIDs(config, user)
    chownSync(path, uid, gid)
  } catch (cause) {
    if (!isErrno(cause, 'EEXIST', 'ENOTDIR')) throw cause
    throw new EngineError('ERR_REFUSED', `workdir "${workdir}" is not a directory on container ${config.id}`, {cause})
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isDirectory() ?? false
}
