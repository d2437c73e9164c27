import type {PodConfig} from '../../libpod/define/pod.ts'
import {type ContainerRequest, resolveResources, type SpecServices} from '../../specgen/index.ts'

/** Limits of all of a pod's containers together; undefined when none is asked for. @throws ERR_REFUSED */
export function podResources(request: ContainerRequest, services: SpecServices): PodConfig['resources'] {
  const {memory, cpu, nanoCpus, blockIO} = resolveResources(request, services)
  if (!memory && !cpu && !blockIO) return undefined
  return {
    ...(memory && {memory}),
    ...(cpu && {cpu}),
    ...(nanoCpus !== undefined && {nanoCpus}),
    ...(blockIO && {blockIO}),
  }
}
