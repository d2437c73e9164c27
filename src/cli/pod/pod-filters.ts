import type {Pod} from '../../libpod/pod/index.ts'
import {labelTests, makeFilter, untilTest} from '../filters.ts'

/** `--filter` of `pod ps`. @param networksOf names of the networks that a pod is on */
export function podFilter(
  filters: readonly string[],
  networksOf: (pod: Pod) => readonly string[],
): (pod: Pod) => boolean {
  return makeFilter(filters, {
    word: 'pod',
    tests: {
      ...labelTests(({config}: Pod) => config.labels),
      'ctr-ids': (pod, value) => pod.members().some(({id}) => id.startsWith(value)),
      'ctr-names': (pod, value) => pod.members().some(({name}) => name === value),
      'ctr-number': (pod, value) => pod.members().length === Number(value),
      'ctr-status': (pod, value) => pod.members().some(({status}) => status === value),
      id: ({id}, value) => id.startsWith(value),
      name: ({name}, value) => new RegExp(value).test(name),
      network: (pod, value) => networksOf(pod).includes(value),
      status: (pod, value) => pod.status().toLowerCase() === value.toLowerCase(),
      until: untilTest(({config}) => config.createdAt),
    },
  })
}
