import {EngineError} from '../errors/index.ts'
import type {Descriptor, Index, Platform} from '../oci/types/image-spec.ts'

/** What is asked for; absent parts are the host's. */
export interface PlatformWanted {
  readonly os?: string
  readonly architecture?: string
  readonly variant?: string
}

/** The manifest of a list that suits the wanted platform. @throws ERR_REFUSED as podman words it */
export function choosePlatform(index: Index, wanted: PlatformWanted): Descriptor {
  const os = wanted.os ?? 'linux'
  const architecture = wanted.architecture ?? hostArchitecture()
  for (const variant of acceptedVariants(architecture, wanted.variant)) {
    const found = index.manifests.find((entry) => suits(entry.platform, os, architecture, variant))
    if (found) return found
  }
  throw new EngineError(
    'ERR_REFUSED',
    `no image found in manifest list for architecture "${architecture}", variant "${wanted.variant ?? ''}", OS "${os}"`,
  )
}

/** Go's name of the processor. */
export function hostArchitecture(): string {
  const names: Readonly<Record<string, string>> = {x64: 'amd64', ia32: '386', ppc64: 'ppc64le', mipsel: 'mipsle'}
  return names[process.arch] ?? process.arch
}

/** `linux/arm64/v8`. @throws ERR_REFUSED */
export function parsePlatform(text: string): PlatformWanted {
  const [os, architecture, variant, ...rest] = text.split('/')
  if (!os || rest.length > 0) throw new EngineError('ERR_REFUSED', `invalid platform syntax for --platform "${text}"`)
  return normalPlatform({os, ...(architecture && {architecture}), ...(variant && {variant})})
}

/** The words of the specification: `x86_64` is `amd64`, whose first variant needs no name. */
export function normalPlatform({os, architecture, variant}: PlatformWanted): PlatformWanted {
  const names: Readonly<Record<string, string>> = {x86_64: 'amd64', 'x86-64': 'amd64', aarch64: 'arm64'}
  const name = architecture === undefined ? undefined : (names[architecture] ?? architecture)
  const plain = (name ?? hostArchitecture()) === 'amd64' && variant === 'v1'
  return {...(os && {os}), ...(name && {architecture: name}), ...(variant && !plain && {variant})}
}

function suits(platform: Platform | undefined, os: string, architecture: string, variant: string): boolean {
  return (
    platform !== undefined &&
    platform.os === os &&
    platform.architecture === architecture &&
    (variant === '*' || (platform.variant ?? '') === variant)
  )
}

/** Best first. An ARM processor runs what was made for its elders; `*` takes what is there. */
function acceptedVariants(architecture: string, variant: string | undefined): readonly string[] {
  if (architecture === 'arm') {
    const newest = Number(/^v(\d+)$/.exec(variant ?? 'v7')?.[1] ?? 7)
    const older = Array.from({length: Math.max(0, newest - 4)}, (_, index) => `v${newest - index}`)
    return [...older, '']
  }
  if (variant !== undefined) return architecture === 'arm64' && variant === 'v8' ? ['v8', ''] : [variant]
  return architecture === 'arm64' ? ['v8', '', '*'] : ['', '*']
}
