import {EngineError} from '../../errors/index.ts'
import type {Pod} from '../../libpod/pod/index.ts'
import {fitsPattern, labelTests, makeFilter, untilTest} from '../filters.ts'

/** `--filter` of `pod ps`. @param networksOf names of the networks that a pod is on */
export function podFilter(
  filters: readonly string[],
  networksOf: (pod: Pod) => readonly string[],
): (pod: Pod) => boolean {
  for (const filter of filters) {
    if (filter.startsWith('status=')) statusNamed(filter.slice('status='.length))
    if (filter.startsWith('ctr-status=')) checkMemberStatus(filter.slice('ctr-status='.length))
  }
  return makeFilter(filters, {
    tests: {
      ...labelTests(({config}: Pod) => config.labels),
      'ctr-ids': (pod, value) => pod.members().some(({id}) => id.startsWith(value)),
      'ctr-names': (pod, value) => pod.members().some(({name}) => fitsPattern(name, value)),
      'ctr-number': (pod, value) => pod.members().length === Number(value),
      'ctr-status': (pod, value) => pod.members().some(({status}) => status === value),
      id: ({id}, value) => id.startsWith(value),
      name: ({name}, value) => fitsPattern(name, value),
      network: (pod, value) => networksOf(pod).includes(value),
      status: (pod, value) => pod.status().toLowerCase() === statusNamed(value),
      until: isOlder,
    },
  })
}

const fitsMoment = untilTest(({config}: Pod) => config.createdAt)

/** With podman no pod is older than what is no moment. */
function isOlder(pod: Pod, moment: string): boolean {
  try {
    return fitsMoment(pod, moment)
  } catch {
    return false
  }
}

const STATUSES = ['created', 'running', 'paused', 'stopped', 'exited', 'degraded', 'dead', 'error']

const MEMBER_STATUSES = ['created', 'running', 'paused', 'stopped', 'exited', 'unknown']

function checkMemberStatus(value: string): void {
  if (!MEMBER_STATUSES.includes(value)) throw new EngineError('ERR_REFUSED', `${value} is not a valid status`)
}

function statusNamed(value: string): string {
  const status = value.toLowerCase()
  if (STATUSES.includes(status)) return status
  throw new EngineError('ERR_REFUSED', `${value} is not a valid pod status`)
}
