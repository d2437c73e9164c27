import {chownSync, mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {mount, mountFlags} from '../../host/index.ts'
import type {Mount} from '../../oci/types/runtime-spec.ts'
import type {HeldContainer} from './held-container.ts'
import {sharedContainer} from './shared-container.ts'

const FLAGS = mountFlags.nosuid | mountFlags.nodev | mountFlags.noexec

/**
 * /dev/shm. One that other containers may join lies on the host, where they find it; one of its own the runtime mounts.
 */
export function shmMount(held: HeldContainer): Mount[] {
  const {config} = held
  if (config.mounts.some(({destination}) => destination === '/dev/shm')) return []
  const {ipc} = config.namespaces
  switch (ipc.mode) {
    case 'host':
      return [bind('/dev/shm')]
    case 'container':
      return [bind(shmPath(sharedContainer(held, ipc.container).bundle))]
    case 'shareable':
      return [bind(mountShm(held))]
    case 'none':
      return []
    default:
      return [own(config.shmSizeBytes)]
  }
}

/** Where the container's /dev/shm lies on the host, when it has one there of its own. */
export function hostShm({config, bundle}: HeldContainer): string | undefined {
  if (config.mounts.some(({destination}) => destination === '/dev/shm')) return undefined
  return config.namespaces.ipc.mode === 'shareable' ? shmPath(bundle) : undefined
}

function shmPath(bundle: string): string {
  return join(bundle, 'shm')
}

function mountShm({bundle, config}: HeldContainer): string {
  const path = shmPath(bundle)
  mkdirSync(path, {recursive: true, mode: 0o1777})
  mount('shm', path, 'tmpfs', FLAGS, `mode=1777,size=${config.shmSizeBytes}`)
  const [uid] = config.namespaces.user.uidMap
  const [gid] = config.namespaces.user.gidMap
  if (uid && gid) chownSync(path, uid.hostID, gid.hostID)
  return path
}

function bind(source: string): Mount {
  return {destination: '/dev/shm', type: 'bind', source, options: ['bind', 'rprivate', 'nosuid', 'noexec', 'nodev']}
}

function own(size: number): Mount {
  const options = ['nosuid', 'noexec', 'nodev', 'mode=1777', `size=${size}`]
  return {destination: '/dev/shm', type: 'tmpfs', source: 'shm', options}
}
