import {EngineError} from '../errors/index.ts'
import type {ImageIndex} from './image-record.ts'
import type {ShortNames} from './image-store.ts'
import {
  formatReference,
  isShortName,
  parseReference,
  type Reference,
  repositoryOf,
  withDefaultTag,
} from './reference.ts'
import {localName} from './transports.ts'

export interface Match {
  readonly id: string
  /** The image's own name that was meant; the given text when it is an id. */
  readonly name: string
}

/**
 * The image that `text` stands for. In order: a full or partial id, a full name, for short names the alias, localhost,
 * docker.io and the search registries, then any repository that ends in the short name.
 * @throws ERR_IMAGE_UNKNOWN, ERR_IMAGE_AMBIGUOUS, ERR_REFERENCE_INVALID; ERR_REFUSED for the transport of another place
 * @see containers/common libimage, Runtime.LookupImage
 */
export function lookupName(index: ImageIndex, given: string, shortNames?: ShortNames): Match {
  const text = localName(given)
  if (text === '') throw new EngineError('ERR_REFUSED', 'repository name must have at least one component')
  const match = text.startsWith('sha256:') ? byDigestID(index, text) : byAny(index, text, shortNames)
  if (!match) throw new EngineError('ERR_IMAGE_UNKNOWN', text)
  return match
}

function byDigestID(index: ImageIndex, text: string): Match | undefined {
  const id = text.slice('sha256:'.length)
  if (!/^[0-9a-f]{64}$/.test(id))
    throw new EngineError('ERR_REFUSED', `${text}: invalid format: no 64-byte hexadecimal value`)
  return Object.hasOwn(index.images, id) ? {id, name: id} : undefined
}

function byAny(index: ImageIndex, text: string, shortNames?: ShortNames): Match | undefined {
  const byID = byPartialID(index, text)
  if (byID.length === 1) return {id: byID[0] as string, name: text}
  const match = byName(index, text, shortNames)
  if (!match && byID.length > 1) throw ambiguous(text, byID)
  return match
}

function byPartialID(index: ImageIndex, text: string): readonly string[] {
  if (!/^[0-9a-f]{1,64}$/.test(text)) return []
  return Object.keys(index.images).filter((id) => id.startsWith(text))
}

function byName(index: ImageIndex, text: string, shortNames?: ShortNames): Match | undefined {
  if (/^[0-9a-f]{64}$/.test(text)) return undefined
  const given = withDefaultTag(parseReference(text))
  if (!isShortName(text)) return findReference(index, given)
  for (const candidate of candidates(text, given, shortNames)) {
    const match = findReference(index, candidate)
    if (match) return match
  }
  return bySuffix(index, text)
}

function* candidates(text: string, given: Reference, shortNames?: ShortNames): Generator<Reference> {
  const alias = shortNames?.alias(text)
  if (alias) yield withDefaultTag(alias)
  yield withDefaultTag(parseReference(`localhost/${text}`))
  for (const searched of shortNames?.searched(text) ?? []) yield withDefaultTag(searched)
  yield given
}

function findReference(index: ImageIndex, reference: Reference): Match | undefined {
  const name = formatReference(reference)
  const exact = findOwner(index, name)
  if (exact !== undefined) return {id: exact, name}
  return reference.digest === undefined ? undefined : findDigest(index, reference)
}

function findOwner(index: ImageIndex, name: string): string | undefined {
  for (const id in index.images) if (index.images[id]?.names.includes(name)) return id
  return undefined
}

/** `REPOSITORY[:TAG]@DIGEST`: an image of that repository (and tag) which came with that manifest. */
function findDigest(index: ImageIndex, reference: Reference): Match | undefined {
  const {digest, tag} = reference
  for (const [id, entry] of Object.entries(index.images)) {
    if (digest === undefined || !entry.digests.includes(digest)) continue
    const name = entry.names.find((own) => sameRepository(parseReference(own), reference, tag))
    if (name !== undefined) return {id, name}
  }
  return undefined
}

function sameRepository(own: Reference, asked: Reference, tag: string | undefined): boolean {
  return repositoryOf(own) === repositoryOf(asked) && (tag === undefined || own.tag === tag)
}

/** `busybox` finds `quay.io/team/busybox:latest` when nothing closer does. */
function bySuffix(index: ImageIndex, text: string): Match | undefined {
  const {digest, ...short} = withDefaultTag(parseReference(`localhost/${text}`))
  for (const [id, entry] of Object.entries(index.images)) {
    if (digest !== undefined && !entry.digests.includes(digest)) continue
    const name = entry.names.find((own) => endsWith(parseReference(own), short))
    if (name !== undefined) return {id, name}
  }
  return undefined
}

function endsWith(own: Reference, short: Reference): boolean {
  return `/${own.path}`.endsWith(`/${short.path}`) && (short.tag === undefined || own.tag === short.tag)
}

function ambiguous(text: string, ids: readonly string[]): EngineError {
  return new EngineError(
    'ERR_IMAGE_AMBIGUOUS',
    `"${text}" is the beginning of ${ids.map((id) => id.slice(0, 12)).join(', ')}`,
  )
}
