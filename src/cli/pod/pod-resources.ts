import type {Resources} from '../../oci/types/runtime-spec.ts'
import {bytes} from '../../specgen/index.ts'
import type {PodCreateOptions} from './create-flags.ts'

const PERIOD_US = 100_000

/** Limits of all of a pod's containers together; undefined when none is asked for. @throws ERR_REFUSED */
export function podResources(given: PodCreateOptions): Resources | undefined {
  const limit = given.memory === undefined ? undefined : bytes(given.memory, 'invalid value for memory: ')
  const swap =
    given['memory-swap'] === '-1' ? -1 : given['memory-swap'] === undefined ? undefined : bytes(given['memory-swap'])
  const cpu = {
    ...(given.cpus > 0 && {quota: Math.round(given.cpus * PERIOD_US), period: PERIOD_US}),
    ...(given['cpu-shares'] > 0 && {shares: given['cpu-shares']}),
    ...(given['cpuset-cpus'] && {cpus: given['cpuset-cpus']}),
    ...(given['cpuset-mems'] && {mems: given['cpuset-mems']}),
  }
  if (limit === undefined && swap === undefined && Object.keys(cpu).length === 0) return undefined
  return {memory: {limit, swap}, cpu}
}
