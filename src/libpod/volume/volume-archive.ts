import {pipeThrough} from '../../host/index.ts'
import {thisProcess} from './volume-mounts.ts'
import type {VolumeStore} from './volume-store.ts'

/** Writes a volume's content as a tar to the descriptor, with owners, xattrs and sparse files. */
export async function exportVolume(volumes: VolumeStore, name: string, descriptor: number): Promise<void> {
  const directory = await volumes.mount(name, thisProcess())
  try {
    await pipeThrough('tar', ['--xattrs', '--sparse', '--numeric-owner', '-C', directory, '-c', '.'], {
      stdout: descriptor,
    })
  } finally {
    await volumes.unmount(name, (other) => 'process' in other && other.process.pid === process.pid)
  }
}

/** Unpacks a tar, plain or compressed, from the descriptor into a volume. GNU tar keeps to the directory. */
export async function importVolume(volumes: VolumeStore, name: string, descriptor: number): Promise<void> {
  const directory = await volumes.mount(name, thisProcess())
  try {
    await pipeThrough('tar', ['--xattrs', '--numeric-owner', '-C', directory, '-x', '-f', '-'], {stdin: descriptor})
  } finally {
    await volumes.unmount(name, (other) => 'process' in other && other.process.pid === process.pid)
  }
}
