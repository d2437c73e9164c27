import {EngineError} from '../errors/index.ts'

const transports = ['oci', 'oci-archive', 'docker-archive', 'dir'] as const
export type ArchiveTransport = (typeof transports)[number]

/** A file or directory that holds images, as `push` and `pull` name it: `oci:PATH[:REFERENCE]`, `dir:PATH`, … */
export interface ArchivePlace {
  readonly transport: ArchiveTransport
  readonly path: string
  /** Which of its images; `@N` is the one at that place. */
  readonly reference?: string
}

const alphanumeric = '[A-Za-z0-9]+'
const component = `${alphanumeric}(?:(?:[-._:@+]|--)${alphanumeric})*`
const layoutReference = new RegExp(`^${component}(?:/${component})*$`)

/**
 * Undefined for what names no archive. @throws ERR_REFUSED for one that is not well-formed
 * @see containers-transports(5); the grammar of image-spec's `org.opencontainers.image.ref.name`
 */
export function parseArchivePlace(text: string): ArchivePlace | undefined {
  const [, word, rest = ''] = /^([a-z-]+):(.*)$/s.exec(text) ?? []
  const transport = transports.find((known) => known === word)
  if (!transport) return undefined
  if (transport === 'dir') return {transport, path: rest || '.'}
  const colon = rest.indexOf(':')
  const [path, reference] = colon < 0 ? [rest, ''] : [rest.slice(0, colon), rest.slice(colon + 1)]
  if (path === '')
    throw new EngineError('ERR_REFUSED', `${transport} reference ${rest} isn't of the form <path>[:<reference>]`)
  if (reference === '') return {transport, path}
  checkReference(transport, reference)
  return {transport, path, reference}
}

/** The place as messages name it. */
export function formatArchivePlace({transport, path, reference}: ArchivePlace): string {
  // An OCI layout's name always ends in a reference, be it empty
  const isOci = transport.startsWith('oci')
  return `${transport}:${path}${isOci || reference !== undefined ? ':' : ''}${reference ?? ''}`
}

/** The N of `@N`. */
export function indexOfReference(reference: string): number | undefined {
  return reference.startsWith('@') ? Number(reference.slice(1)) : undefined
}

function checkReference(transport: ArchiveTransport, reference: string): void {
  if (reference.startsWith('@')) {
    if (!/^@\d+$/.test(reference)) throw new EngineError('ERR_REFUSED', `Invalid source index ${reference}`)
  } else if (transport !== 'docker-archive' && !layoutReference.test(reference))
    throw new EngineError('ERR_REFUSED', `Invalid image ${reference}`)
}
