import {createHash} from 'node:crypto'
import {statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import type {Mount} from '../../oci/types/runtime-spec.ts'
import type {GuestMount} from '../agent/agent.ts'
import {guestPaths} from './guest-paths.ts'
import {isBind, mountKind} from './mount-kind.ts'
import type {ShareDirectory} from './share-directory.ts'

export interface PreparedMounts {
  /** The mounts of config.json in the guest's terms. */
  readonly mounts: readonly Mount[]
  /** What the agent has to mount for them first. */
  readonly guestMounts: readonly GuestMount[]
  /** Guest volumes after this, by host source. */
  readonly guestVolumes: Readonly<Record<string, string>>
}

/**
 * Brings each mount of config.json into the guest: host files and directories through the share, directories that belong in
 * memory as a tmpfs of the guest that containers of one sandbox share, everything else as it is.
 */
export function prepareMounts(
  mounts: readonly Mount[],
  bundle: string,
  share: ShareDirectory,
  known: Readonly<Record<string, string>>,
): PreparedMounts {
  const guestMounts: GuestMount[] = []
  let guestVolumes = known
  const adapted = mounts.map((mount) => {
    const kind = mountKind(mount)
    if (kind.kind === 'guest') return mount
    if (kind.kind === 'cgroup') return cgroupMount(mount)
    if (kind.kind === 'foreign')
      throw new EngineError('ERR_NOT_SUPPORTED', `a bind of the host's ${mount.source} into a virtual machine`)
    if (kind.kind === 'shared') return sharedMount(mount, bundle, share)
    const source = resolve(bundle, mount.source ?? '')
    const target = guestVolumes[source] ?? join(guestPaths.volumes, nameOf(source))
    if (guestVolumes[source] === undefined) guestMounts.push(memoryVolume(source, target, kind.sizeBytes))
    guestVolumes = {...guestVolumes, [source]: target}
    return {...mount, source: target}
  })
  return {mounts: adapted, guestMounts, guestVolumes}
}

function sharedMount(mount: Mount, bundle: string, share: ShareDirectory): Mount {
  refuseMappedIDs(mount)
  const options = mount.options ?? []
  const source = share.add(resolve(bundle, mount.source ?? ''), {
    readOnly: options.includes('ro'),
    recursive: options.includes('rbind'),
  })
  // Propagation and ownership options speak of the host's mounts.
  const kept = options.filter((option) => !/^(r?(shared|slave|private|unbindable)|U|[zZ])$/.test(option))
  return {...mount, type: isBind(mount) ? 'bind' : mount.type, source, options: kept}
}

/** An engine that maps itself, as Berth does, gives a source that shows the mapped owners. */
function refuseMappedIDs({destination, options = [], uidMappings, gidMappings}: Mount): void {
  if (!uidMappings && !gidMappings && !options.some((option) => /^r?idmap(=|$)/.test(option))) return
  throw new EngineError('ERR_NOT_SUPPORTED', `mount on ${destination}: mapped ids in a virtual machine`)
}

function cgroupMount(mount: Mount): Mount {
  const options = (mount.options ?? []).filter((option) => !/^r?(bind|shared|slave|private)$/.test(option))
  return {destination: mount.destination, type: 'cgroup', source: 'cgroup', options}
}

/** Owner and mode are the host directory's; the content starts empty, as it does there. */
function memoryVolume(source: string, target: string, sizeBytes: number): GuestMount {
  const {mode, uid, gid} = statSync(source)
  const permissions = (mode & 0o7777).toString(8)
  const options = [`size=${sizeBytes}`, `mode=${permissions}`, `uid=${uid}`, `gid=${gid}`, 'nosuid', 'nodev']
  return {type: 'tmpfs', target, options}
}

function nameOf(source: string): string {
  return createHash('sha256').update(source).digest('hex').slice(0, 16)
}
