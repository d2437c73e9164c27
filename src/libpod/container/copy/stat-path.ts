import {lstatSync, readlinkSync, type Stats} from 'node:fs'
import {posix} from 'node:path'
import {EngineError, isErrno} from '../../../errors/index.ts'
import {resolveInRoot} from '../../../host/index.ts'
import type {PathStat} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {type FileTree, withFileTree} from './file-tree.ts'

/** @throws ERR_INVALID_ARG when there is no such path */
export function statPath(engine: Engine, id: string, path: string): Promise<PathStat> {
  return withFileTree(engine, id, path, async (tree) => describe(tree, path))
}

/** The path after its links, as the container names it, whether something is there or not. */
export function resolvePath(engine: Engine, id: string, path: string): Promise<string> {
  return withFileTree(engine, id, path, async ({root, path: inside}) =>
    resolvedPath(root, resolveInRoot(root, inside), inside, path),
  )
}

function describe({root, path: inside}: FileTree, path: string): PathStat {
  const outside = resolveInRoot(root, inside)
  // The root itself is looked at as it was given: /proc/PID/root without `/.` is a link.
  const facts = statOf(outside === posix.resolve(root) ? root : outside)
  if (!facts)
    throw new EngineError('ERR_INVALID_ARG', `${JSON.stringify(path)} could not be found: no such file or directory`)
  const own = statOf(`${root}${inside.replace(/\/+$/, '')}`)
  return {
    name: posix.basename(path),
    size: facts.size,
    mode: facts.mode,
    mtime: facts.mtime.toISOString(),
    linkTarget: own?.isSymbolicLink() ? readlinkSync(`${root}${inside.replace(/\/+$/, '')}`) : '',
    isDirectory: facts.isDirectory(),
    resolvedPath: resolvedPath(root, outside, inside, path),
  }
}

/** The path after its links, as the container names it: a mount's content keeps the container's name for the mount. */
function resolvedPath(root: string, outside: string, inside: string, path: string): string {
  const resolved = `/${posix.relative(posix.normalize(root), outside)}`
  const absolute = posix.resolve('/', path)
  return absolute.endsWith(inside) && absolute !== inside
    ? absolute.slice(0, absolute.length - inside.length) + resolved
    : resolved
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}
