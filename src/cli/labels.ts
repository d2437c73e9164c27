import {EngineError} from '../errors/index.ts'

/**
 * `KEY=VALUE` and bare `KEY` (an empty value), later ones winning.
 * @param failing what podman says before the reason
 * @throws ERR_REFUSED for an empty key
 */
export function parseLabels(pairs: readonly string[], failing: string): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map((pair) => parseLabel(pair, failing)))
}

function parseLabel(pair: string, failing: string): readonly [string, string] {
  const equals = pair.indexOf('=')
  const key = equals < 0 ? pair : pair.slice(0, equals)
  if (key === '') throw new EngineError('ERR_REFUSED', `${failing}: invalid label format: ${JSON.stringify(pair)}`)
  return [key, equals < 0 ? '' : pair.slice(equals + 1)]
}
