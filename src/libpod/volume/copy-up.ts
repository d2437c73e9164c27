import {chmodSync, chownSync, readdirSync, type Stats, statSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'
import {run} from '../../host/index.ts'

/** Copies a directory's content, with owners, modes, times, links and xattrs, into an empty one. */
export async function copyUp(source: string, target: string): Promise<void> {
  const stat = directoryStat(source)
  if (!stat || readdirSync(target).length > 0) return
  if (readdirSync(source).length > 0) await run('cp', ['-a', '--reflink=auto', `${source}/.`, target])
  chownSync(target, stat.uid, stat.gid)
  chmodSync(target, stat.mode & 0o7777)
}

function directoryStat(path: string): Stats | undefined {
  try {
    const stat = statSync(path)
    return stat.isDirectory() ? stat : undefined
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}
