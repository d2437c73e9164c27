import {randomBytes} from 'node:crypto'
import {existsSync} from 'node:fs'
import {resolve} from 'node:path'
import {isDeepStrictEqual} from 'node:util'
import type {MountTemplate} from '../libpod/define/spec-vocabulary.ts'
import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import type {ContainerRequest, MountRequest} from './container-request.ts'
import {bindOptions, tmpfsOptions, volumeOptions} from './mount-options.ts'
import {checkName} from './names.ts'
import {parseMount} from './parse/mount.ts'
import {parseVolume} from './parse/volume.ts'
import {refuse} from './refuse.ts'
import type {SpecServices} from './services.ts'

/**
 * All mounts that are not the system's: those of the request, of the containers it takes volumes from, of the image and of
 * containers.conf. For one destination the first of these counts.
 *
 * @throws ERR_REFUSED in podman's words for a destination named twice or a source that is not there
 */
export function resolveMounts(
  request: ContainerRequest,
  image: ImageRunConfig,
  services: SpecServices,
): MountTemplate[] {
  const asked = (request.mounts ?? []).map((mount) => resolveMount(mount, services))
  for (const [index, {destination}] of asked.entries()) {
    const first = asked.findIndex((other) => other.destination === destination)
    // What is said twice in the same words is said once.
    if (!isDeepStrictEqual(asked[first], asked[index])) refuse(`${destination}: duplicate mount destination`)
  }
  const ofPod = request.podMounts ?? []
  const twice = ofPod.find(({destination}) => asked.some((mount) => mount.destination === destination))
  if (twice) refuse(`conflict at mount destination ${twice.destination}: duplicate mount destination`)
  const mounts = new Map(asked.map((mount) => [mount.destination, mount]))
  const weaker = [
    ...ofPod,
    ...(request.volumesFrom ?? []).flatMap((word) => volumesFrom(word, services)),
    ...imageVolumes(request, image, services),
    ...configured(services).map((mount) => resolveMount(mount, services)),
  ]
  for (const mount of weaker) if (!mounts.has(mount.destination)) mounts.set(mount.destination, mount)
  return [...mounts.values()]
}

function resolveMount(mount: MountRequest, services: SpecServices): MountTemplate {
  switch (mount.type) {
    case 'bind':
    case 'glob':
      return resolveBind(mount)
    case 'volume':
      return resolveVolume(mount)
    case 'tmpfs':
    case 'ramfs': {
      const {type, destination, chown = false} = mount
      return {type, destination, options: tmpfsOptions(mount.options), chown}
    }
    case 'devpts':
      return {type: 'devpts', destination: mount.destination, options: [...mount.options]}
    case 'image': {
      const {image} = services.images.resolve(mount.source)
      return {...mount, image: image.id}
    }
  }
}

type SourceMount = Extract<MountRequest, {type: 'bind' | 'volume' | 'glob'}>

function resolveBind({source, destination, options, overlay, chown = false, subpath}: SourceMount): MountTemplate {
  if (!existsSync(source)) refuse(`statfs ${source}: no such file or directory`)
  const common = {source: resolve(source), destination, chown, ...(subpath && {subpath})}
  return {type: 'bind', ...common, options: bindOptions(options), ...(overlay && {overlay})}
}

function resolveVolume(mount: SourceMount): MountTemplate {
  const {source, destination, options, overlay, chown = false, subpath, volumeOptions: ofVolume} = mount
  if (source !== '')
    checkName(source, `creating named volume ${JSON.stringify(source)}: running volume create option: `)
  const common = {
    destination,
    options: volumeOptions(options),
    chown,
    ...(subpath && {subpath}),
    ...(overlay && {overlay}),
    ...(ofVolume && {volumeOptions: ofVolume}),
  }
  return {type: 'volume', name: source || anonymousName(), anonymous: source === '', ...common}
}

function anonymousName(): string {
  return randomBytes(32).toString('hex')
}

/** `CONTAINER[:OPTIONS]`: what that container mounts from outside, but for tmpfs. */
function volumesFrom(word: string, {containers}: SpecServices): MountTemplate[] {
  const colon = word.indexOf(':')
  const name = colon < 0 ? word : word.slice(0, colon)
  const access = sharedAccess(colon < 0 ? [] : word.slice(colon + 1).split(','))
  const {config} = lookUp(name, containers)
  return config.mounts
    .filter((mount) => mount.type === 'bind' || mount.type === 'volume')
    .map((mount) => (access.length === 0 ? mount : {...mount, options: replaceAccess(mount.options, access)}))
}

/** Of `ro`, `rw` and `z`, each at most once, the first two. @throws ERR_REFUSED */
function sharedAccess(options: readonly string[]): readonly string[] {
  const unknown = options.find((option) => !['ro', 'rw', 'z'].includes(option))
  if (unknown !== undefined)
    refuse(
      `invalid option ${JSON.stringify(unknown)} specified - volumes from another container can only use z,ro,rw options`,
    )
  const access = options.filter((option) => option !== 'z')
  if (access.length > 1) refuse('cannot set ro or rw options more than once')
  if (options.length - access.length > 1) refuse('cannot set :z more than once in mount options')
  return access
}

function lookUp(
  name: string,
  containers: SpecServices['containers'],
): ReturnType<SpecServices['containers']['lookup']> {
  if (name === '') refuse('looking up container "" for volumes-from: name or ID cannot be empty')
  try {
    return containers.lookup(name)
  } catch (cause) {
    return refuse(`looking up container ${JSON.stringify(name)} for volumes-from: ${(cause as Error).message}`, cause)
  }
}

function replaceAccess(options: readonly string[], access: readonly string[]): string[] {
  return [...options.filter((option) => option !== 'ro' && option !== 'rw'), ...access]
}

function imageVolumes(request: ContainerRequest, image: ImageRunConfig, {config}: SpecServices): MountTemplate[] {
  const mode = request.imageVolumeMode ?? config.engine.imageVolumeMode
  if (mode === 'ignore') return []
  return Object.keys(image.Volumes ?? {}).map((path): MountTemplate => {
    const destination = resolve('/', path)
    if (mode === 'tmpfs') return {type: 'tmpfs', destination, options: tmpfsOptions(['exec']), chown: false}
    return {
      type: 'volume',
      name: anonymousName(),
      anonymous: true,
      destination,
      options: volumeOptions([]),
      chown: false,
    }
  })
}

function configured({config}: SpecServices): MountRequest[] {
  const {volumes, mounts} = config.containers
  return [...volumes.map((text) => parseVolume(text, '/')), ...mounts.flatMap((text) => parseMount(text, '/'))]
}
