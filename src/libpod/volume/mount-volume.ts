import {isMountPoint, run} from '../../host/index.ts'
import type {LocalVolumeOptions} from './volume-options.ts'

/** Mounts a volume's device with mount(8), which knows the helpers of network filesystems. */
export async function mountVolume(mount: NonNullable<LocalVolumeOptions['mount']>, target: string): Promise<void> {
  if (isMountPoint(target)) return
  await run('mount', [
    ...(mount.type ? ['-t', mount.type] : []),
    ...(mount.options.length > 0 ? ['-o', mount.options.join(',')] : []),
    mount.device,
    target,
  ])
}
