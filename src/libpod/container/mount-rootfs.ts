import {existsSync, mkdirSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {mount} from '../../host/index.ts'
import type {HeldContainer} from './held-container.ts'
import {idMapsOf, makeReachable} from './user-namespace.ts'

/**
 * Mounts the container's root filesystem: its layer, or the directory of its own (`--rootfs`), with `:O` below an overlay
 * that lives as long as the container.
 */
export async function mountRootfs(held: HeldContainer): Promise<string> {
  const {config} = held
  if (!config.rootfs) return mountLayer(held)
  const {path, overlay} = config.rootfs
  if (!existsSync(path)) throw new EngineError('ERR_REFUSED', `rootfs ${path}: no such file or directory`)
  return overlay ? mountOverlay(held, path) : path
}

async function mountLayer({config, engine, id, bundle}: HeldContainer): Promise<string> {
  const idMaps = idMapsOf(config)
  const path = await engine.layers.mountContainerLayer(id, {volatile: config.autoRemove, ...(idMaps && {idMaps})})
  if (idMaps) for (const place of [dirname(path), bundle]) makeReachable(place)
  return path
}

function mountOverlay({engine, id, bundle}: HeldContainer, lower: string): string {
  const own = join(engine.state.layout.userData(id), 'rootfs')
  const target = join(bundle, 'rootfs')
  overlayOn(lower, join(own, 'upper'), join(own, 'work'), target)
  return target
}

/** An overlay of `upper` over `lower` at `target`; all but `lower` are made when missing. */
export function overlayOn(lower: string, upper: string, work: string, target: string): void {
  for (const directory of [upper, work, target]) mkdirSync(directory, {recursive: true, mode: 0o755})
  const options = `lowerdir=${escapeOption(lower)},upperdir=${escapeOption(upper)},workdir=${escapeOption(work)}`
  mount('overlay', target, 'overlay', 0, options)
}

/** Commas and colons separate in overlay's options. */
function escapeOption(path: string): string {
  return path.replace(/[\\,:]/g, (character) => `\\${character}`)
}
