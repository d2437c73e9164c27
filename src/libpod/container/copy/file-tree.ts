import {posix} from 'node:path'
import type {ContainerConfig} from '../../define/container-config.ts'
import type {Engine} from '../../engine.ts'
import {withRootfs} from '../mount.ts'
import {standsForGuest} from '../stands-for-guest.ts'
import {withContainer} from '../with-container.ts'
import {mountSourceOnHost} from './mount-on-host.ts'

/** A path of a container, and the directory of the host that is `/` to it and to every link on the way. */
export interface FileTree {
  readonly root: string
  readonly path: string
}

/**
 * Lets `act` see a path of the container: through the root of its process while it runs, where volumes and tmpfs are
 * mounted; else in its root filesystem, or in the volume or bind that the path lies in.
 */
export async function withFileTree<T>(
  engine: Engine,
  id: string,
  path: string,
  act: (tree: FileTree) => Promise<T>,
): Promise<T> {
  const {config, pid} = await withContainer(engine, id, (held) => ({
    config: held.config,
    pid: held.is('running', 'paused') && 'pid' in held.state ? held.state.pid : undefined,
  }))
  const absolute = posix.resolve('/', path) + (/\/\.?$/.test(path) && path !== '/' ? '/' : '')
  if (pid !== undefined && !standsForGuest(pid)) return act({root: `/proc/${pid}/root/.`, path: absolute})
  const mounted = mountOf(config, absolute)
  const outside = mounted && (await mountSourceOnHost(engine, mounted.source))
  if (mounted && outside) return act({root: outside, path: posix.join('/', mounted.below)})
  return withRootfs(engine, id, (root) => act({root, path: absolute}))
}

/** The mount that a path lies in: the longest destination that begins it. */
function mountOf({mountPoints}: ContainerConfig, path: string): {source: string; below: string} | undefined {
  const [best] = mountPoints
    .filter(({destination}) => path === destination || path.startsWith(`${destination}/`))
    .sort((a, b) => b.destination.length - a.destination.length)
  return best && {source: best.source, below: path.slice(best.destination.length)}
}
