import {chmodSync, chownSync, readdirSync, type Stats, statSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'
import {run} from '../../host/index.ts'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/**
 * Copies a directory's content, with owners, modes, times, links and xattrs, into an empty one; without such a directory
 * the empty one is given to `owner`. With `keep` it stays whose it is, with its mode.
 */
export async function copyUp(source: string, target: string, owner?: Owner | 'keep'): Promise<void> {
  if (readdirSync(target).length > 0) return
  const before = statSync(target)
  const stat = directoryStat(source)
  if (stat && readdirSync(source).length > 0) await run('cp', ['-a', '--reflink=auto', `${source}/.`, target])
  const after = owner === 'keep' ? before : stat
  if (after) {
    chownSync(target, after.uid, after.gid)
    chmodSync(target, after.mode & 0o7777)
  } else if (owner && owner !== 'keep') chownSync(target, owner.uid, owner.gid)
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
