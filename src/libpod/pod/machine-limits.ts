import {buildResources} from '../../oci/spec/index.ts'
import type {PodConfig} from '../define/pod.ts'

/**
 * Tells a runtime of virtual machines how large a pod's machine has to be. Its size bounds the pod's memory: the hypervisor is in
 * the pod's cgroup too, where a limit for the containers alone would end it as soon as the guest boots.
 * @see containerd's CRI plugin, annotations of the sandbox's resources
 */
export function machineAnnotations({resources = {}}: PodConfig): Readonly<Record<string, string>> {
  const {memory, cpu} = buildResources({resources, cgroup: {mode: 'enabled', parent: ''}}, [])
  return {
    ...(memory?.limit && {'io.kubernetes.cri.sandbox-memory': String(memory.limit)}),
    ...(cpu?.quota && {
      'io.kubernetes.cri.sandbox-cpu-quota': String(cpu.quota),
      'io.kubernetes.cri.sandbox-cpu-period': String(cpu.period ?? 100_000),
    }),
  }
}
