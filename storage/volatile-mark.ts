import {rmSync} from 'node:fs'
import {join} from 'node:path'
import type {MountInstruction} from './snapshotter.ts'

const WORK_DIRECTORY = 'workdir='

/**
 * overlayfs refuses an upper directory that a volatile mount left behind at a crash, because its content may be lost.
 * A container that asked for that has nothing to lose. @see kernel Documentation/filesystems/overlayfs.rst, Volatile mount
 */
export function forgetVolatileMark({options}: MountInstruction): void {
  const work = options.find((option) => option.startsWith(WORK_DIRECTORY))?.slice(WORK_DIRECTORY.length)
  if (work) rmSync(join(work, 'work', 'incompat'), {recursive: true, force: true})
}
