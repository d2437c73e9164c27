import {join} from 'node:path'
import {run} from '../../src/host/index.ts'
import {type DirectoryDriver, DirectorySnapshotter, makeUpper} from './directory-snapshotter.ts'
import {SnapshotDirectory} from './snapshot-directory.ts'
import type {LocatedSnapshot} from './snapshot-record.ts'
import {syncFileSystem} from './sync-file-system.ts'

/** A snapshot is a whole tree, copied from its parent (by reference where the file system can): works anywhere. */
export function openVfs(root: string): DirectorySnapshotter {
  return new DirectorySnapshotter(new SnapshotDirectory(root), vfs)
}

const vfs: DirectoryDriver = {
  name: 'vfs',
  whiteouts: 'applied',
  async fill(directory, parent) {
    if (!parent) return makeUpper(directory, undefined)
    await run('cp', ['-a', '--reflink=auto', '-T', join(parent.directory, 'diff'), join(directory, 'diff')])
    await syncFileSystem(directory)
  },
  lowerPaths: () => [],
  mounts(snapshot, snapshots) {
    const source = snapshot.kind === 'view' ? viewed(snapshot, snapshots.find.bind(snapshots)) : snapshot.directory
    return [{type: 'bind', source: join(source, 'diff'), options: ['rbind', snapshot.kind === 'view' ? 'ro' : 'rw']}]
  },
}

/** A view needs no copy: the parent's own tree, read-only. */
function viewed(snapshot: LocatedSnapshot, find: (key: string) => LocatedSnapshot | undefined): string {
  const parent = snapshot.record.parent
  return (parent !== undefined && find(parent)?.directory) || snapshot.directory
}
