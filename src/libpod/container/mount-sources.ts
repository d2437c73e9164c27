import {createHash} from 'node:crypto'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, hasCode} from '../../errors/index.ts'
import {resolveInRoot} from '../../host/index.ts'
import type {BindMount, ImageMount, MountTemplate, VolumeMount} from '../../oci/spec/index.ts'
import type {RunResources} from '../define/container-run.ts'
import type {Engine} from '../engine.ts'
import type {HeldContainer} from './held-container.ts'
import {mappingsOf, showMapped} from './mapped-source.ts'
import {containerOwner, giveTree, type Owner} from './mount-owner.ts'
import {overlayOn} from './mount-rootfs.ts'

/** Host directories behind the mounts of a container that are not plain binds. */
export interface MountSources {
  mountSource(mount: VolumeMount | ImageMount): string
  overlaySource(destination: string): string
  /** With the option `idmap`. */
  mappedSource(destination: string): string | undefined
}

type ImageLayers = RunResources['imageLayers']

/** What the mounts will take, to be noted before it is taken. */
export function neededMounts(
  engine: Engine,
  mounts: readonly MountTemplate[],
): {volumes: string[]; imageLayers: ImageLayers} {
  return {
    volumes: mounts.flatMap((mount) => (mount.type === 'volume' ? [mount.name] : [])),
    imageLayers: mounts.flatMap((mount) => (mount.type === 'image' ? [topLayer(engine, mount)] : [])),
  }
}

/** Mounts the volumes, images and overlays of a container. They are given back by `releaseResources`. */
export async function mountSources(held: HeldContainer, rootfs: string): Promise<MountSources> {
  const owner = (): Owner => containerOwner(held, rootfs)
  const sources = new Map<string, string>()
  const mapped = new Map<string, string>()
  for (const mount of held.config.mounts) {
    if (mount.type === 'volume') sources.set(mount.destination, await mountVolume(held, mount))
    if (mount.type === 'bind' || mount.type === 'volume') {
      const place = await mountMappedSource(held, mount, sources.get(mount.destination))
      if (place) mapped.set(mount.destination, place)
    }
    if (mount.type === 'volume') await fill(held, mount, {rootfs, owner, mapped: mapped.get(mount.destination)})
    if (mount.type === 'image') sources.set(mount.destination, await mountImage(held, mount))
  }
  const overlays = new Map<string, string>()
  for (const mount of held.config.mounts)
    if ((mount.type === 'bind' || mount.type === 'volume') && mount.overlay)
      overlays.set(mount.destination, mountOverlay(held, mount, sources.get(mount.destination)))
  const result: MountSources = {
    mountSource: ({destination}) => found(sources, destination),
    overlaySource: (destination) => found(overlays, destination),
    mappedSource: (destination) => mapped.get(destination),
  }
  for (const mount of held.config.mounts) giveAway(mount, result, owner)
  return result
}

function mountVolume(held: HeldContainer, {name, destination}: VolumeMount): Promise<string> {
  return held.engine.volumes.mount(name, {container: held.id, destination}).catch((cause: unknown) => {
    if (!hasCode(cause, 'ERR_VOLUME_MOUNT')) throw cause
    throw new EngineError(cause.code, `mounting volume ${name} for container ${held.id}: ${cause.message}`, {cause})
  })
}

/** What the image has there has the ids of the container's namespace: where they are mapped back, that is undone on the way. */
async function fill(
  held: HeldContainer,
  mount: VolumeMount,
  {rootfs, owner, mapped}: {readonly rootfs: string; readonly owner: () => Owner; readonly mapped?: string},
): Promise<void> {
  if (!isFresh(held, mount)) return
  const through = mount.options.includes('idmap') ? mapped : undefined
  await held.engine.volumes.copyUp(mount.name, resolveInRoot(rootfs, mount.destination), owner(), through)
}

/** Whether a volume is still to get what the image has in its place. */
export function isFresh({engine}: HeldContainer, {name, options}: VolumeMount): boolean {
  return engine.volumes.find(name)?.needsCopyUp === true && !options.includes('nocopy')
}

/** `U`, on what the container will see: an overlay's files belong to the overlay. */
function giveAway(mount: MountTemplate, sources: MountSources, owner: () => Owner): void {
  if ((mount.type !== 'bind' && mount.type !== 'volume') || !mount.chown) return
  const source = mount.type === 'bind' ? mount.source : sources.mountSource(mount)
  const seen = sources.mappedSource(mount.destination) ?? source
  giveTree(mount.overlay ? sources.overlaySource(mount.destination) : seen, owner())
}

/** Images are mounted read-only; a writable one gets an overlay that goes with the run. */
async function mountImage(held: HeldContainer, mount: ImageMount): Promise<string> {
  const path = await held.engine.layers.mountLayer(topLayer(held.engine, mount))
  if (!mount.readWrite) return path
  const place = overlayPlace(held, mount.destination)
  overlayOn(path, join(place, 'upper'), join(place, 'work'), join(place, 'merged'))
  return join(place, 'merged')
}

function mountOverlay(held: HeldContainer, mount: BindMount | VolumeMount, volume: string | undefined): string {
  const lower = volume ?? (mount as BindMount).source
  const place = overlayPlace(held, mount.destination)
  const {upperDir = join(place, 'upper'), workDir = join(place, 'work')} = mount.overlay ?? {}
  overlayOn(lower, upperDir, workDir, join(place, 'merged'))
  return join(place, 'merged')
}

async function mountMappedSource(
  held: HeldContainer,
  mount: BindMount | VolumeMount,
  volume: string | undefined,
): Promise<string | undefined> {
  const maps = mappingsOf(held.config, mount)
  if (!maps) return undefined
  const directory = overlayPlace(held, mount.destination)
  mkdirSync(directory, {recursive: true, mode: 0o755})
  const place = join(directory, 'mapped')
  await showMapped(volume ?? (mount as BindMount).source, place, maps)
  return place
}

function overlayPlace({bundle}: HeldContainer, destination: string): string {
  return join(bundle, 'overlay', createHash('sha256').update(destination).digest('hex').slice(0, 16))
}

function topLayer(engine: Engine, {image, source}: ImageMount): ImageLayers[number] {
  const {topLayer: chainID} = engine.images.get(image)
  if (!chainID) throw new EngineError('ERR_REFUSED', `image ${source} has no layer to mount`)
  return chainID
}

function found(sources: ReadonlyMap<string, string>, destination: string): string {
  const source = sources.get(destination)
  if (source === undefined) throw new EngineError('ERR_INTERNAL', `no source for the mount on ${destination}`)
  return source
}
