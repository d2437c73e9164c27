import {EngineError} from '../errors/index.ts'
import {parseMoment} from './moment.ts'

/** Tells whether an item fits one value of a filter's key. */
export interface FilterTest<T> {
  (item: T, value: string): boolean
  /** Refuses a value that is none, also where there is no item to be compared with it. */
  readonly check?: (value: string) => unknown
}

export interface FilterTable<T> {
  /** By key. Of several values of one key any may fit, but all of `label` must. */
  readonly tests: Readonly<Record<string, FilterTest<T>>>
  /** The object's word in `"KEY" is an invalid WORD filter`; without one the text is `KEY is an invalid filter`. */
  readonly word?: string
  /** The whole text of that complaint, where podman has another. */
  readonly complaint?: (key: string) => string
}

/**
 * `--filter KEY=VALUE`, several: an item must fit every key. The result is a function that tells whether it does.
 * @throws ERR_REFUSED in podman's words for a text without `=` and for an unknown key
 */
export function makeFilter<T>(filters: readonly string[], table: FilterTable<T>): (item: T) => boolean {
  const groups = parseFilters(filters)
  const parts = [...groups].map(([key, values]) => {
    const test = table.tests[key]
    if (!test) throw unknownKey(key, table)
    for (const value of values) test.check?.(value)
    return conjunctive.has(key)
      ? (item: T) => values.every((value) => test(item, value))
      : (item: T) => values.some((value) => test(item, value))
  })
  return (item) => parts.every((fits) => fits(item))
}

/** Values by key, in the order given. `label!=x` has the key `label!`. @throws ERR_REFUSED */
export function parseFilters(filters: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const filter of filters) {
    const equals = filter.indexOf('=')
    if (equals < 0) throw new EngineError('ERR_REFUSED', `invalid filter "${filter}"`)
    const key = filter.slice(0, equals)
    groups.set(key, [...(groups.get(key) ?? []), filter.slice(equals + 1)])
  }
  return groups
}

/** `label=KEY` or `label=KEY=VALUE`. */
export function labelTest<T>(labelsOf: (item: T) => Readonly<Record<string, string>> | undefined): FilterTest<T> {
  return (item, wanted) => {
    const labels = labelsOf(item) ?? {}
    const equals = wanted.indexOf('=')
    if (equals < 0) return wanted in labels
    return labels[wanted.slice(0, equals)] === wanted.slice(equals + 1)
  }
}

/** The tests of `label` and `label!`. */
export function labelTests<T>(labelsOf: (item: T) => Readonly<Record<string, string>> | undefined) {
  const test = labelTest(labelsOf)
  return {label: test, 'label!': (item: T, wanted: string) => !test(item, wanted)}
}

/** `until=MOMENT`: made before that time, a duration ago or RFC 3339. */
export function untilTest<T>(createdAt: (item: T) => string): FilterTest<T> {
  const test = (item: T, value: string) => Date.parse(createdAt(item)) < parseMoment(value).getTime()
  return Object.assign(test, {check: (value: string) => parseMoment(value)})
}

const conjunctive = new Set(['label', 'label!'])

function unknownKey(key: string, {word, complaint}: Pick<FilterTable<never>, 'word' | 'complaint'>): EngineError {
  if (complaint) return new EngineError('ERR_REFUSED', complaint(key))
  return new EngineError('ERR_REFUSED', word ? `"${key}" is an invalid ${word} filter` : `${key} is an invalid filter`)
}

/** What is no regular expression fits nothing, as with podman. */
export function fitsPattern(text: string, pattern: string): boolean {
  const expression = compiled(pattern)
  return expression instanceof RegExp && expression.test(text)
}

/** For the lists that look at it before. @throws ERR_REFUSED */
export function requirePattern(pattern: string): void {
  const cause = compiled(pattern)
  if (cause instanceof Error) throw new EngineError('ERR_REFUSED', `error parsing regexp: ${cause.message}`, {cause})
}

function compiled(pattern: string): RegExp | Error {
  try {
    return new RegExp(pattern)
  } catch (error) {
    return error as Error
  }
}
