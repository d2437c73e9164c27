import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../src/errors/index.ts'
import type {MountInstruction} from '../snapshotter.ts'
import {type DirectoryDriver, DirectorySnapshotter, makeUpper} from './directory-snapshotter.ts'
import {SnapshotDirectory} from './snapshot-directory.ts'
import type {LocatedSnapshot} from './snapshot-record.ts'

export interface OverlayOptions {
  /** A program that mounts in place of the kernel: `fuse-overlayfs`. */
  readonly mountProgram?: string
  /** More options of each mount, e.g. `nodev`. */
  readonly mountOptions?: readonly string[]
}

/** What a container writes must lie in its upper directory as plain files: diff and commit read them there. */
const PLAIN_UPPER = ['index=off', 'redirect_dir=off', 'metacopy=off']

/** A snapshot is the difference to its parent; the kernel's overlayfs (or fuse-overlayfs) puts them together. */
export function openOverlay(root: string, options: OverlayOptions = {}): DirectorySnapshotter {
  // these end a path in overlayfs' options, and kernels differ in how they want them escaped
  if (/[\\:,]/.test(root)) throw new EngineError('ERR_INVALID_ARG', `storage directory ${root} holds one of \\ : ,`)
  return new DirectorySnapshotter(new SnapshotDirectory(root), overlayDriver(options))
}

function overlayDriver(options: OverlayOptions): DirectoryDriver {
  const {mountProgram, mountOptions = []} = options
  return {
    name: 'overlay',
    whiteouts: 'overlay',
    fill(directory, parent) {
      makeUpper(directory, parent)
      mkdirSync(join(directory, 'work'), {mode: 0o700})
    },
    lowerPaths: (snapshot, {links}) => snapshot.record.lowers.map((link) => links.path(link)),
    mounts(snapshot, {links}) {
      const lowers = snapshot.record.lowers.map((link) => links.path(link))
      if (lowers.length === 0) return [bindOf(snapshot, mountOptions)]
      const type = mountProgram ? 'fuse-overlayfs' : 'overlay'
      const kernelOnly = mountProgram ? [] : PLAIN_UPPER
      const options = [...directories(snapshot, lowers), ...kernelOnly, ...mountOptions]
      return [{type, source: mountProgram ?? 'overlay', options}]
    },
  }
}

/** The upper directory of a view is empty; as one more lower directory it makes two, of which overlayfs wants two. */
function directories({directory, kind}: LocatedSnapshot, lowers: readonly string[]): string[] {
  const upper = join(directory, 'diff')
  if (kind === 'view')
    return [`lowerdir=${[upper, ...lowers, ...(lowers.length === 0 ? [upper] : [])].join(':')}`, 'ro']
  return [`lowerdir=${lowers.join(':')}`, `upperdir=${upper}`, `workdir=${join(directory, 'work')}`]
}

/** On nothing there is nothing to put together. */
function bindOf({directory, kind}: LocatedSnapshot, mountOptions: readonly string[]): MountInstruction {
  const options = ['rbind', kind === 'view' ? 'ro' : 'rw', ...mountOptions]
  return {type: 'bind', source: join(directory, 'diff'), options}
}
