import {EngineError} from '../errors/index.ts'

/** `KEY=VALUE` and bare `KEY` (an empty value), later ones winning. @throws ERR_REFUSED for an empty key */
export function parseLabels(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map(parseLabel))
}

function parseLabel(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=')
  const key = equals < 0 ? pair : pair.slice(0, equals)
  if (key === '') throw new EngineError('ERR_REFUSED', `invalid label format: ${JSON.stringify(pair)}`)
  return [key, equals < 0 ? '' : pair.slice(equals + 1)]
}
