import {EngineError, hasCode} from '../../errors/index.ts'
import type {ImageStore, Resolved} from '../../image/index.ts'
import {refuse} from '../../specgen/index.ts'
import type {CreateOptions} from './create-flags.ts'

const POLICIES = ['always', 'missing', 'never', 'newer']

/**
 * The image of the store that the options speak of.
 *
 * @throws ERR_IMAGE_UNKNOWN also when it is there for another platform than the one asked for
 */
export function findImage(images: ImageStore, name: string, given: CreateOptions, defaultPolicy: string): Resolved {
  const policy = given.pull === undefined ? defaultPolicy : policyOf(given.pull)
  if (policy === 'always') throw new EngineError('ERR_NOT_SUPPORTED', `pulling ${name} from a registry`)
  const found = resolve(images, name)
  const {architecture, os, variant} = platformOf(given)
  const {record} = found.image
  const fits =
    (architecture === undefined || architecture === record.architecture) &&
    (os === undefined || os === record.os) &&
    (variant === undefined || variant === (record.variant ?? ''))
  if (!fits) throw new EngineError('ERR_IMAGE_UNKNOWN', name)
  return found
}

function policyOf(word: string): string {
  const lower = word.toLowerCase()
  if (POLICIES.includes(lower)) return lower
  if (lower === 'true') return 'always'
  return lower === 'false' || lower === 'ifnotpresent'
    ? 'missing'
    : refuse(`unsupported pull policy ${JSON.stringify(word)}`)
}

function resolve(images: ImageStore, name: string): Resolved {
  try {
    return images.resolve(name)
  } catch (error) {
    if (!hasCode(error, 'ERR_IMAGE_UNKNOWN')) throw error
    throw new EngineError('ERR_IMAGE_UNKNOWN', name, {cause: error})
  }
}

interface Platform {
  readonly architecture?: string
  readonly os?: string
  readonly variant?: string
}

function platformOf({platform, arch, os, variant}: CreateOptions): Platform {
  if (platform === undefined) return {architecture: arch, os, variant}
  if (arch !== undefined || os !== undefined) refuse('--platform option can not be specified with --arch or --os')
  const [system = '', architecture, ofPlatform] = platform.split('/')
  return architecture === undefined
    ? {architecture: system}
    : {os: system, architecture, variant: ofPlatform ?? variant}
}
