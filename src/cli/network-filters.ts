import {EngineError} from '../errors/index.ts'
import type {NetworkRecord} from '../network/index.ts'
import {fitsPattern, labelTests, makeFilter, parseFilters, untilTest} from './filters.ts'

/** `--filter` of `network prune`. @throws ERR_REFUSED in podman's words */
export function networkPruneFilter(filters: readonly string[]): (network: NetworkRecord) => boolean {
  checkForm(filters)
  return makeFilter(filters, {complaint, tests: pruneTests})
}

/** `--filter` of `network ls`. @param inUse whether a container is on the network */
export function networkFilter(
  filters: readonly string[],
  inUse: (name: string) => boolean,
): (network: NetworkRecord) => boolean {
  checkForm(filters)
  checkDangling(parseFilters(filters).get('dangling') ?? [])
  return makeFilter(filters, {
    complaint,
    tests: {
      ...pruneTests,
      dangling: ({name}, value) => inUse(name) !== isTrue(value),
      driver: ({driver}, value) => driver === value,
      id: ({id}, value) => fitsPattern(id, `^(${value})`),
      name: ({name}, value) => fitsPattern(name, value),
    },
  })
}

const pruneTests = {
  ...labelTests(({labels}: NetworkRecord) => labels),
  until: untilTest(({created}: NetworkRecord) => created),
}

const complaint = (key: string) => `invalid filter "${key}"`

function checkForm(filters: readonly string[]): void {
  const wrong = filters.find((filter) => !filter.includes('='))
  if (wrong !== undefined)
    throw new EngineError('ERR_REFUSED', `filter input must be in the form of filter=value: ${wrong} is invalid`)
}

function checkDangling(values: readonly string[]): void {
  const [value, second] = values
  if (second !== undefined) throw new EngineError('ERR_REFUSED', 'got more than one value for filter key "dangling"')
  if (value !== undefined && !isTrue(value) && !/^(0|f|false)$/i.test(value))
    throw new EngineError('ERR_REFUSED', `invalid dangling filter value "${value}"`)
}

function isTrue(value: string): boolean {
  return /^(1|t|true)$/i.test(value)
}
