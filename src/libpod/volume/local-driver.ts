import {chownSync, existsSync, mkdirSync} from 'node:fs'
import {EngineError, isErrno} from '../../errors/index.ts'
import {
  isMountPoint,
  limitDirectory,
  type ProjectLimits,
  runQuick,
  unlimitDirectory,
  unmount,
} from '../../host/index.ts'
import type {VolumeDriver} from './volume-driver.ts'
import {type LocalVolumeOptions, parseLocalOptions} from './volume-options.ts'
import type {VolumeRecord} from './volume-record.ts'

/** Directories of this host, or what mount(8) mounts on them. */
export class LocalDriver implements VolumeDriver {
  async create(record: VolumeRecord, directory: string): Promise<void> {
    requireBindSource(record)
    const {quota} = parseLocalOptions(record.options)
    mkdirSync(directory, {mode: 0o755})
    if (quota) setQuota(directory, quota)
    chownSync(directory, record.uid, record.gid)
  }

  async mount(record: VolumeRecord, directory: string): Promise<string> {
    const {mount} = parseLocalOptions(record.options)
    if (!mount || isMountPoint(directory)) return directory
    await mountVolume(mount, directory)
    // What was mounted hides the directory that was given away when the volume was made.
    if (record.uid || record.gid) chownSync(directory, record.uid, record.gid)
    return directory
  }

  async unmount(_: VolumeRecord, directory: string): Promise<void> {
    unmount(directory)
  }

  async remove({options}: VolumeRecord, directory: string): Promise<void> {
    unmount(directory)
    if (parseLocalOptions(options).quota) forgetQuota(directory)
  }
}

/** Where quotas have been switched off since, or the directory is gone, the limits hold nobody. */
function forgetQuota(directory: string): void {
  try {
    unlimitDirectory(directory)
  } catch (error) {
    if (!isErrno(error)) throw error
  }
}

/** Before anything is in it: what is there already would not count. */
function setQuota(directory: string, limits: ProjectLimits): void {
  try {
    limitDirectory(directory, limits)
  } catch (cause) {
    const reason = 'Filesystem does not support Project Quota'
    throw new EngineError('ERR_REFUSED', `volume options size and inodes not supported. ${reason}`, {cause})
  }
}

/** As podman, which looks only at this type. */
function requireBindSource({options: {type = '', device = ''}}: VolumeRecord): void {
  if (type.toLowerCase() !== 'bind' || existsSync(device)) return
  const reason = `stat ${device}: no such file or directory`
  throw new EngineError('ERR_REFUSED', `invalid volume option device for driver 'local': ${reason}`)
}

/** mount(8) knows the helpers of network filesystems and finds loop devices; of what it says the first line has the reason. */
async function mountVolume(mount: NonNullable<LocalVolumeOptions['mount']>, target: string): Promise<void> {
  const {exitCode, stderr} = await runQuick('mount', [
    ...(mount.type ? ['-t', mount.type] : []),
    ...(mount.options.length > 0 ? ['-o', mount.options.join(',')] : []),
    mount.device,
    target,
  ])
  const [reason] = stderr.trim().split('\n')
  if (exitCode !== 0) throw new EngineError('ERR_VOLUME_MOUNT', reason || `mount: exit code ${exitCode}`)
}
