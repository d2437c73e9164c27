import type {Readable} from 'node:stream'
import {unpackTree} from '../../../storage/index.ts'
import {pipeThrough} from '../../host/index.ts'
import {thisProcess} from './volume-mounts.ts'
import type {VolumeStore} from './volume-store.ts'

/** Names as podman writes them, `file` for `./file`, so that `tar x file` finds them; links keep their targets. */
const PLAIN_NAMES = String.raw`--transform=s,^\./\(.\),\1,S`

/**
 * Writes a volume's content as a tar to the descriptor, with owners, xattrs and sparse files. Other than podman's it
 * has the volume's own directory too: what is restored from it belongs to whom it belonged.
 */
export async function exportVolume(volumes: VolumeStore, name: string, descriptor: number): Promise<void> {
  await withContent(volumes, name, (directory) =>
    pipeThrough(
      'tar',
      ['--xattrs', '--sparse', '--numeric-owner', '--sort=name', PLAIN_NAMES, '-C', directory, '-c', '.'],
      {
        stdout: descriptor,
      },
    ),
  )
}

/**
 * Unpacks a tar, plain or compressed by gzip, zstd, xz or bzip2, into a volume: nothing outside it is touched.
 * An empty source is an empty archive.
 * @throws ERR_ARCHIVE_INVALID and as `unpackTree`
 */
export async function importVolume(volumes: VolumeStore, name: string, source: Readable): Promise<void> {
  await withContent(volumes, name, (directory) => unpackTree({source, root: directory, path: '/'}))
}

async function withContent(
  volumes: VolumeStore,
  name: string,
  action: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await volumes.mount(name, thisProcess())
  try {
    await action(directory)
  } finally {
    await volumes.unmount(name, (other) => 'process' in other && other.process.pid === process.pid)
  }
}
