import {EngineError} from '../../errors/index.ts'
import type {Field} from '../documents/field.ts'
import {formatReference, parseReference, type Reference, repositoryOf} from '../reference.ts'

/** Which identity a signature must claim for an image. @see containers-policy.json(5), signedIdentity */
export type IdentityRule =
  | {readonly type: 'matchExact' | 'matchRepoDigestOrExact' | 'matchRepository'}
  | {readonly type: 'exactReference'; readonly reference: Reference}
  | {readonly type: 'exactRepository'; readonly repository: string}
  | {readonly type: 'remapIdentity'; readonly prefix: string; readonly signedPrefix: string}

/** What holds when a requirement names no rule. */
export const defaultIdentity: IdentityRule = {type: 'matchRepoDigestOrExact'}

/** True when a signature made for `signed` counts for the image that was asked for by this name. */
export function acceptsIdentity(rule: IdentityRule, image: Reference, signed: string): boolean {
  const claimed = parseClaim(signed)
  if (!claimed) return false
  switch (rule.type) {
    case 'matchExact':
      return isSame(image, claimed)
    case 'matchRepoDigestOrExact':
      return isSameOrByDigest(image, claimed)
    case 'matchRepository':
      return repositoryOf(image) === repositoryOf(claimed)
    case 'exactReference':
      return isSame(rule.reference, claimed)
    case 'exactRepository':
      return repositoryOf(claimed) === rule.repository
    case 'remapIdentity':
      return isSameOrByDigest(remapped(image, rule.prefix, rule.signedPrefix), claimed)
  }
}

/** @throws ERR_CONFIG_INVALID */
export function parseIdentityRule(field: Field): IdentityRule {
  const type = field.at('type').string()
  switch (type) {
    case 'matchExact':
    case 'matchRepoDigestOrExact':
    case 'matchRepository':
      return {type}
    case 'exactReference':
      return {type, reference: parseReference(field.at('dockerReference').string())}
    case 'exactRepository':
      return {type, repository: repositoryOf(parseReference(field.at('dockerRepository').string()))}
    case 'remapIdentity':
      return {type, prefix: field.at('prefix').string(), signedPrefix: field.at('signedPrefix').string()}
    default:
      return field.at('type').fail(`unknown policy reference match type "${type}"`)
  }
}

/** Both must say which image of the repository they mean. */
function isSame(image: Reference, claimed: Reference): boolean {
  return isSpecific(image) && isSpecific(claimed) && formatReference(image) === formatReference(claimed)
}

/** An image asked for by its digest has no tag: the signature's stands for any. */
function isSameOrByDigest(image: Reference, claimed: Reference): boolean {
  if (image.digest !== undefined) return isSpecific(claimed) && repositoryOf(image) === repositoryOf(claimed)
  return isSame(image, claimed)
}

function isSpecific({tag, digest}: Reference): boolean {
  return tag !== undefined || digest !== undefined
}

function remapped(image: Reference, prefix: string, signedPrefix: string): Reference {
  const name = formatReference(image)
  const rest = name.slice(prefix.length)
  const isPrefix = name.startsWith(prefix) && (rest === '' || /^[:/@]/.test(rest))
  return isPrefix ? parseReference(signedPrefix + rest) : image
}

function parseClaim(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    if (error instanceof EngineError) return undefined
    throw error
  }
}
