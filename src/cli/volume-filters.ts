import {EngineError} from '../errors/index.ts'
import type {InspectVolume, VolumeStore} from '../libpod/volume/index.ts'
import {fitsPattern, labelTests, makeFilter, parseFilters, requirePattern, untilTest} from './filters.ts'

/** `--filter` of `volume ls` and `volume prune`. */
export function volumeFilter(volumes: VolumeStore, filters: readonly string[]): (volume: InspectVolume) => boolean {
  const createdAt = ({CreatedAt}: InspectVolume) => CreatedAt
  const madeAfter = (volume: InspectVolume, other: string) =>
    createdAt(volume) > volumes.inspect(volumes.lookup(other).name).CreatedAt
  const users = lazily(() => volumes.usersByName())
  for (const value of parseFilters(filters).get('name') ?? []) requirePattern(value)
  for (const value of parseFilters(filters).get('dangling') ?? []) requireTruth(value)
  return makeFilter(filters, {
    word: 'volume',
    tests: {
      ...labelTests(({Labels}: InspectVolume) => Labels),
      after: madeAfter,
      dangling: ({Name}, value) => !users().has(Name) === isTrue(value),
      driver: ({Driver}, value) => Driver === value,
      name: ({Name}, value) => fitsPattern(Name, value),
      opt: ({Options}, value) => optionMatches(Options, value),
      scope: ({Scope}, value) => Scope === value,
      since: madeAfter,
      until: untilTest(createdAt),
    },
  })
}

function optionMatches(options: Readonly<Record<string, string>>, wanted: string): boolean {
  const [key = '', ...value] = wanted.split('=')
  return value.length === 0 ? key in options : options[key] === value.join('=')
}

/** Looked at once, and only when a filter asks. */
function lazily<T>(make: () => T): () => T {
  let made: {readonly value: T} | undefined
  return () => {
    made ??= {value: make()}
    return made.value
  }
}

function requireTruth(value: string): void {
  if (isTrue(value) || /^(0|f|false)$/i.test(value)) return
  throw new EngineError(
    'ERR_REFUSED',
    `${JSON.stringify(value)} is not a valid value for the "dangling" filter - must be true or false`,
  )
}

function isTrue(value: string): boolean {
  return /^(1|t|true)$/i.test(value)
}
