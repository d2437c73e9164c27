import {readlinkSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../errors/index.ts'

/** As the kernel's own limit (ELOOP). */
const MAX_LINKS = 40

/**
 * The host path of `path` inside the tree at `root`, its symbolic links followed as if `root` were `/`: neither an absolute
 * link nor `..` leaves the tree. Parts that do not exist are kept as they are.
 *
 * The answer holds only while nobody in the tree exchanges a directory for a link; do not use it on a tree whose
 * processes are running and hostile.
 * @throws ERR_INVALID_ARG for more than 40 links
 */
export function resolveInRoot(root: string, path: string): string {
  const pending = path.split('/').reverse()
  const resolved: string[] = []
  for (let links = 0; pending.length > 0; ) {
    const part = pending.pop() ?? ''
    if (part === '' || part === '.') continue
    if (part === '..') {
      resolved.pop()
      continue
    }
    const target = readLink(join(root, ...resolved, part))
    if (target === undefined) {
      resolved.push(part)
      continue
    }
    if (++links > MAX_LINKS) throw new EngineError('ERR_INVALID_ARG', `${path}: too many levels of symbolic links`)
    if (target.startsWith('/')) resolved.length = 0
    pending.push(...target.split('/').reverse())
  }
  return join(root, ...resolved)
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    if (isErrno(error, 'EINVAL', 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}
