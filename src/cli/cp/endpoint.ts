import {EngineError} from '../../errors/index.ts'

/** One side of `cp`. */
export type Endpoint =
  | {readonly kind: 'host'; readonly path: string}
  | {readonly kind: 'container'; readonly container: string; readonly path: string}
  /** `-`: a tar on stdin or stdout. */
  | {readonly kind: 'stream'}

/**
 * `CONTAINER:PATH`, or a host path. Whatever begins with a dot or a slash is on the host, so that names with colons can
 * be given. @throws ERR_REFUSED
 */
export function parseEndpoints(source: string, destination: string): {from: Endpoint; to: Endpoint} {
  const from = parseEndpoint(source)
  const to = parseEndpoint(destination)
  const empty = [from, to].some((end) => end.kind !== 'stream' && end.path === '')
  if (empty)
    throw new EngineError('ERR_REFUSED', `invalid arguments "${source}", "${destination}": you must specify paths`)
  if (from.kind !== 'container' && to.kind !== 'container') throw new EngineError('ERR_NAME_EMPTY')
  return {from, to}
}

function parseEndpoint(text: string): Endpoint {
  if (text === '-') return {kind: 'stream'}
  const colon = text.indexOf(':')
  if (/^[./]/.test(text) || colon < 0) return {kind: 'host', path: text}
  if (colon === 0) return {kind: 'host', path: text.slice(1)}
  return {kind: 'container', container: text.slice(0, colon), path: text.slice(colon + 1)}
}
