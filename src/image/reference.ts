import {EngineError} from '../errors/index.ts'
import type {Digest} from '../oci/types/image-spec.ts'

/**
 * A full image name: `docker.io/library/busybox:latest`, `localhost:5000/a/b@sha256:…`, or with both tag and digest.
 * @see https://github.com/distribution/reference for the grammar
 */
export interface Reference {
  /** Host, with a port where given. */
  readonly domain: string
  readonly path: string
  readonly tag?: string
  readonly digest?: Digest
}

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domainPattern = new RegExp(
  `^(?:${domainComponent}(?:\\.${domainComponent})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?$`,
)
const pathPattern = new RegExp(`^${component}(?:/${component})*$`)
const tagPattern = /^[\w][\w.-]{0,127}$/
const digestPattern = /^sha256:[0-9a-f]{64}$/
const fullID = /^[0-9a-f]{64}$/

/**
 * Reads a name as docker and podman normalise it: a name without a registry is docker.io's, of one part in `library/`.
 * Neither tag nor digest is added. @throws ERR_REFERENCE_INVALID
 */
export function parseReference(text: string): Reference {
  if (fullID.test(text)) throw invalid(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`)
  const {name, tag, digest} = splitName(text)
  const {domain, path} = splitDomain(name)
  if (!domainPattern.test(domain) || !pathPattern.test(path)) {
    if (pathPattern.test(path.toLowerCase())) throw invalid(undefined, 'repository name must be lowercase')
    throw invalid()
  }
  if (domain.length + 1 + path.length > 255)
    throw invalid(undefined, 'repository name must not be more than 255 characters')
  return {domain, path, ...(tag !== undefined && {tag}), ...(digest !== undefined && {digest})}
}

/** True for names without a registry: `busybox`, `team/app:1`; their first part is no host. */
export function isShortName(text: string): boolean {
  const slash = text.indexOf('/')
  return slash < 0 || !isHost(text.slice(0, slash))
}

/** The name under which podman stores a local result (`tag`, `commit`, `build -t`): short names belong to localhost. */
export function parseLocalReference(text: string): Reference {
  try {
    if (text === '') throw new EngineError('ERR_REFUSED', 'repository name must have at least one component')
    return withDefaultTag(parseReference(isShortName(text) ? `localhost/${text}` : text))
  } catch (error) {
    if (error instanceof EngineError) error.message = `normalizing name "${text}": ${error.message}`
    throw error
  }
}

/** Adds `latest` where neither tag nor digest is given. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? {...reference, tag: 'latest'} : reference
}

/** `domain/path`. */
export function repositoryOf(reference: Reference): string {
  return `${reference.domain}/${reference.path}`
}

export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`
  return `${repositoryOf(reference)}${tag}${digest}`
}

/** The name as docker prints it: without docker.io and `library/`. */
export function familiarName(reference: Reference): string {
  const repository =
    reference.domain === 'docker.io'
      ? reference.path.replace(/^library\/(?=[^/]+$)/, '')
      : `${reference.domain}/${reference.path}`
  return formatReference(reference).replace(repositoryOf(reference), repository)
}

export function isDigest(text: string): text is Digest {
  return digestPattern.test(text)
}

/** Splits a name into repository, tag and digest without normalising the repository. @throws ERR_REFERENCE_INVALID */
export function splitName(text: string): {readonly name: string; readonly tag?: string; readonly digest?: Digest} {
  const at = text.indexOf('@')
  const digest = at < 0 ? undefined : text.slice(at + 1)
  if (digest !== undefined && !isDigest(digest)) throw invalid()
  const rest = at < 0 ? text : text.slice(0, at)
  const colon = rest.lastIndexOf(':')
  const hasTag = colon > rest.lastIndexOf('/')
  const tag = hasTag ? rest.slice(colon + 1) : undefined
  if (tag !== undefined && !tagPattern.test(tag)) throw invalid()
  const name = hasTag ? rest.slice(0, colon) : rest
  return {name, ...(tag !== undefined && {tag}), ...(digest !== undefined && {digest})}
}

function splitDomain(name: string): {readonly domain: string; readonly path: string} {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  if (slash < 0 || !isHost(first)) return {domain: 'docker.io', path: inLibrary(name)}
  const path = name.slice(slash + 1)
  if (first === 'docker.io' || first === 'index.docker.io') return {domain: 'docker.io', path: inLibrary(path)}
  return {domain: first, path}
}

function inLibrary(path: string): string {
  return path.includes('/') || path === '' ? path : `library/${path}`
}

/** An upper-case letter marks a host: no repository may have one. */
function isHost(first: string): boolean {
  return /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
}

function invalid(detail?: string, reason?: string): EngineError {
  const error = new EngineError('ERR_REFERENCE_INVALID', detail)
  if (reason !== undefined) error.message += `: ${reason}`
  return error
}
