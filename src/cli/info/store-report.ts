import {statfsSync} from 'node:fs'
import type {Runtime} from '../../libpod/runtime.ts'

/** The `store` part of `info`. */
export async function storeReport(runtime: Runtime) {
  const {config, images} = runtime
  const states = (await runtime.containers.listings()).map(({state}) => state.status)
  const paused = states.filter((status) => status === 'paused').length
  const running = states.filter((status) => status === 'running').length
  const {bsize, blocks, bfree} = statfsSync(config.root)
  return {
    configFile: config.files.findLast((file) => file.endsWith('storage.conf')) ?? '',
    containerStore: {number: states.length, paused, running, stopped: states.length - paused - running},
    graphDriverName: config.storage.driver,
    graphOptions: graphOptions(runtime),
    graphRoot: config.root,
    graphRootAllocated: bsize * blocks,
    graphRootUsed: bsize * (blocks - bfree),
    graphStatus: {
      'Backing Filesystem': backingFilesystem(config.root),
      ...(config.storage.driver === 'overlay' && {
        'Native Overlay Diff': String(config.storage.mountProgram === undefined),
        'Supports d_type': 'true',
        'Using metacopy': 'false',
      }),
    },
    imageCopyTmpDir: process.env.TMPDIR || '/var/tmp',
    imageStore: {number: images.list().length},
    runRoot: config.runRoot,
    volumePath: config.engine.volumePath,
    transientStore: config.storage.transient,
  }
}

function graphOptions({config}: Runtime): Readonly<Record<string, string>> {
  const {driver, mountOptions, mountProgram} = config.storage
  return {
    ...(mountOptions.length > 0 && {[`${driver}.mountopt`]: mountOptions.join(',')}),
    ...(mountProgram && {[`${driver}.mount_program`]: mountProgram}),
  }
}

/** @see statfs(2) for the numbers */
const FILESYSTEMS: Readonly<Record<number, string>> = {
  61267: 'extfs',
  1481003842: 'xfs',
  16914836: 'tmpfs',
  2435016766: 'btrfs',
  2035054128: 'overlayfs',
  801189825: 'zfs',
  4076150800: 'f2fs',
}

function backingFilesystem(path: string): string {
  const {type} = statfsSync(path)
  return FILESYSTEMS[type] ?? `0x${type.toString(16)}`
}
