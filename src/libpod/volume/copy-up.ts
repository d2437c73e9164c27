import {chmodSync, chownSync, readdirSync, type Stats, statSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'
import {run} from '../../host/index.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/**
 * Copies a directory's content, with owners, modes, times, links and xattrs, into an empty one; without such a directory
 * the empty one is given to `owner`.
 */
export async function copyUp(source: string, target: string, owner?: Owner): Promise<void> {
  if (readdirSync(target).length > 0) return
  const stat = directoryStat(source)
  if (!stat) {
    if (owner) chownSync(target, owner.uid, owner.gid)
    return
  }
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
