import type {NetworkRecord} from '../network/index.ts'
import {labelTests, makeFilter, untilTest} from './filters.ts'

/** `--filter` of `network ls` and `network prune`. @param isUsed whether a container is on the network */
export function networkFilter(
  filters: readonly string[],
  isUsed: (name: string) => boolean,
): (network: NetworkRecord) => boolean {
  return makeFilter(filters, {
    tests: {
      ...labelTests(({labels}: NetworkRecord) => labels),
      dangling: ({name}, value) => isUsed(name) !== /^(1|t|true)$/i.test(value),
      driver: ({driver}, value) => driver === value,
      id: ({id}, value) => new RegExp(`^(${value})`).test(id),
      name: ({name}, value) => new RegExp(value).test(name),
      until: untilTest(({created}) => created),
    },
  })
}
