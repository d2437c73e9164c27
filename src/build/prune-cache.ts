import {renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'

/** Removes the directories of `RUN --mount=type=cache` below the engine's root. */
export function pruneCacheMounts(engineRoot: string): void {
  const cache = join(engineRoot, 'build-cache')
  const aside = join(cache, `rm-mounts-${process.pid}`)
  try {
    renameSync(join(cache, 'mounts'), aside)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return
    throw error
  }
  rmSync(aside, {recursive: true, force: true})
}
