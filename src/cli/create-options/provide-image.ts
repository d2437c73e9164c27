import {EngineError, hasCode} from '../../errors/index.ts'
import type {Image, ImageStore, PlatformWanted, Resolved} from '../../image/index.ts'
import {parseArchivePlace} from '../../image/named-archive.ts'
import {namesTransport} from '../../image/transports.ts'
import {refuse} from '../../specgen/index.ts'

export type PullPolicy = 'always' | 'missing' | 'never' | 'newer'

/** What the options say about the image; `pull` brings it here. */
export interface ImageWish {
  readonly policy: PullPolicy
  readonly platform?: PlatformWanted
  pull(images: ImageStore, name: string): Promise<Image>
}

/**
 * The image of this name, from the store or else pulled as the policy says. With an image that is at hand nothing of
 * registries is loaded.
 *
 * @throws ERR_IMAGE_UNKNOWN with the policy `never`, and as pulling does
 */
export async function provideImage(images: ImageStore, name: string, wish: ImageWish): Promise<Resolved> {
  // An archive or directory is always read, and where else it may be is left to who pulls
  if (parseArchivePlace(name) || namesTransport(name)) {
    const image = await wish.pull(images, name)
    return {image, name: image.names[0] ?? image.id}
  }
  const local = wish.policy === 'always' || wish.policy === 'newer' ? undefined : resolveHere(images, name, wish)
  if (local) return local
  const image = await wish.pull(images, name)
  const found = resolveHere(images, name, wish)
  return found?.image.id === image.id ? found : {image, name: image.names[0] ?? image.id}
}

/** An image for another platform than the one asked for is not the one. */
function resolveHere(images: ImageStore, name: string, {platform = {}}: ImageWish): Resolved | undefined {
  try {
    const resolved = images.resolve(name)
    const {record} = resolved.image
    const fits =
      (platform.architecture ?? record.architecture) === record.architecture &&
      (platform.os ?? record.os) === record.os &&
      (platform.variant ?? record.variant) === record.variant
    return fits ? resolved : undefined
  } catch (error) {
    if (hasCode(error, 'ERR_IMAGE_UNKNOWN')) return undefined
    if (hasCode(error, 'ERR_REFERENCE_INVALID')) throw new EngineError('ERR_REFERENCE_INVALID', '', {cause: error})
    throw error
  }
}

const POLICIES = ['always', 'missing', 'never', 'newer'] as const

/** @throws ERR_REFUSED in podman's words */
export function pullPolicy(word: string): PullPolicy {
  const lower = word.toLowerCase()
  const policy = POLICIES.find((known) => known === lower)
  if (policy) return policy
  if (lower === 'true') return 'always'
  if (lower === 'false' || lower === 'ifnotpresent') return 'missing'
  return refuse(`unsupported pull policy ${JSON.stringify(word)}`)
}
