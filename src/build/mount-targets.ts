import {lstatSync, readdirSync, rmdirSync, unlinkSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {LayerStore} from '../../storage/layer-store.ts'
import {isErrno} from '../errors/index.ts'
import {resolveInRoot} from '../host/index.ts'

/** What every container gets mounted or made for it; not of the command's doing. */
const usual = [
  ...['/etc/hosts', '/etc/resolv.conf', '/etc/hostname', '/etc/mtab', '/run/.containerenv', '/run/secrets'],
  ...['/dev', '/proc', '/sys'],
]

/**
 * Takes out of a container's layer the empty files and directories that were made only to mount something there. What the
 * image had, or the command filled, stays.
 */
export async function removeMountTargets(layers: LayerStore, id: string, targets: readonly string[]): Promise<void> {
  const added = new Set(
    (await layers.containerLayerDiff(id)).flatMap(({path, kind}) => (kind === 'added' ? [path] : [])),
  )
  const doomed = [...usual, ...targets].flatMap((path) => withParents(path)).filter((path) => added.has(path))
  if (doomed.length === 0) return
  const rootfs = await layers.mountContainerLayer(id)
  try {
    for (const path of [...new Set(doomed)].sort((a, b) => b.length - a.length))
      removeEmpty(resolveInRoot(rootfs, dirname(path)), path)
  } finally {
    await layers.unmountContainerLayer(id, {force: true})
  }
}

function withParents(path: string): readonly string[] {
  return path === '/' ? [] : [path, ...withParents(dirname(path))]
}

function removeEmpty(parent: string, path: string): void {
  const place = join(parent, path.slice(path.lastIndexOf('/') + 1))
  try {
    const stat = lstatSync(place)
    if (stat.isDirectory() ? readdirSync(place).length === 0 : stat.size === 0 || stat.isSymbolicLink())
      (stat.isDirectory() ? rmdirSync : unlinkSync)(place)
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error
  }
}
