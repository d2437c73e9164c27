import {spawn} from 'node:child_process'
import {closeSync, openSync, readlinkSync, writeFileSync} from 'node:fs'
import {EngineError, isErrno} from '../errors/index.ts'
import {mountAttributes, mountTree} from './mount-tree.ts'

/** One line of uid_map: ids of the container (and of the files below the mount), and what they are on the host. */
export interface IDMapping {
  readonly containerID: number
  readonly hostID: number
  readonly size: number
}

export interface IDMappings {
  readonly uids: readonly IDMapping[]
  readonly gids: readonly IDMapping[]
}

export interface MappedMount {
  readonly source: string
  readonly target: string
  readonly writable?: boolean
}

/**
 * Shows directories at other places, read-only unless `writable`, with the owners of their files mapped: a file of container id 0 belongs to
 * the host id that 0 maps to. Costs nothing however large they are.
 *
 * @throws ERR_NOT_SUPPORTED where the kernel or the file system cannot (Linux 5.12; 5.19 for the layers of an overlay)
 * @see mount_setattr(2), ID-mapped mounts
 */
export async function mountMapped(mounts: readonly MappedMount[], maps: IDMappings): Promise<void> {
  const namespace = await openUserNamespace(maps)
  try {
    for (const mount of mounts) mountOne(mount, namespace)
  } finally {
    closeSync(namespace)
  }
}

function mountOne({source, target, writable}: MappedMount, userNamespace: number): void {
  const attributes = writable ? mountAttributes.idmap : mountAttributes.idmap | mountAttributes.rdonly
  try {
    mountTree(source, target, {attributes, userNamespace})
  } catch (cause) {
    if (!isErrno(cause, 'EINVAL', 'ENOSYS', 'EPERM')) throw cause
    throw new EngineError('ERR_NOT_SUPPORTED', `mounting ${source} with mapped ids: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/**
 * A user namespace with these maps, as an open descriptor that alone keeps it alive. A process with threads cannot enter
 * a new user namespace, so a short-lived child makes it.
 */
async function openUserNamespace({uids, gids}: IDMappings): Promise<number> {
  const child = spawn('unshare', ['--user', 'sleep', '60'], {stdio: 'ignore'})
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(new EngineError('ERR_PROGRAM_MISSING', 'unshare', {cause})))
    child.once('exit', (code) => reject(new EngineError('ERR_PROGRAM_FAILED', `unshare --user: exit code ${code}`)))
  })
  try {
    await Promise.race([hasOwnNamespace(child.pid ?? 0), failed])
    writeFileSync(`/proc/${child.pid}/uid_map`, mapText(uids))
    writeFileSync(`/proc/${child.pid}/gid_map`, mapText(gids))
    return openSync(`/proc/${child.pid}/ns/user`, 'r')
  } finally {
    failed.catch(() => undefined)
    child.kill('SIGKILL')
  }
}

async function hasOwnNamespace(pid: number): Promise<void> {
  const ours = readlinkSync('/proc/self/ns/user')
  while (pid === 0 || readlinkSync(`/proc/${pid}/ns/user`) === ours) {
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}

function mapText(maps: readonly IDMapping[]): string {
  return maps.map(({containerID, hostID, size}) => `${containerID} ${hostID} ${size}\n`).join('')
}
