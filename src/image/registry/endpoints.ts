import {formatReference, parseReference, type Reference} from '../reference.ts'
import {findEntry, type RegistriesConf, type RegistryEntry} from './registries-conf.ts'

/** Where a pull may be served from: the reference as that place knows it. */
export interface Endpoint {
  readonly reference: Reference
  /** Bad certificates and plain HTTP are accepted. */
  readonly insecure: boolean
  readonly isMirror: boolean
}

/** Mirrors in their order, then the registry itself. @throws ERR_REFUSED when it is blocked */
export function pullEndpoints(conf: RegistriesConf, reference: Reference): readonly Endpoint[] {
  const entry = findEntry(conf, formatReference(reference))
  if (!entry) return [{reference, insecure: false, isMirror: false}]
  const kind = reference.digest === undefined ? 'tag-only' : 'digest-only'
  const mirrors = entry.mirrors
    .filter(({use}) => use === 'all' || use === kind)
    .map(({location, insecure}) => ({reference: rewrite(reference, entry, location), insecure, isMirror: true}))
  return [...mirrors, originOf(reference, entry)]
}

/** Pushes go to the registry itself, with its location rewritten. @throws ERR_REFUSED when it is blocked */
export function pushEndpoint(conf: RegistriesConf, reference: Reference): Endpoint {
  const entry = findEntry(conf, formatReference(reference))
  return entry ? originOf(reference, entry) : {reference, insecure: false, isMirror: false}
}

function originOf(reference: Reference, entry: RegistryEntry): Endpoint {
  return {reference: rewrite(reference, entry, entry.location), insecure: entry.insecure, isMirror: false}
}

function rewrite(reference: Reference, {prefix}: RegistryEntry, location: string): Reference {
  if (location === '') return reference
  const name = formatReference(reference)
  // A wildcard stands for the host alone
  const length = prefix.startsWith('*.') ? reference.domain.length : prefix.length
  return parseReference(location + name.slice(length))
}
