import {cpus, totalmem} from 'node:os'
import type {Spec} from '../../oci/types/runtime-spec.ts'
import type {VmConfig} from '../config/vm-config.ts'
import type {Demand} from '../persist/records.ts'

const MEBIBYTE = 1024 * 1024

export interface MachineSize {
  readonly memoryMiB: number
  readonly maximumMemoryMiB: number
  readonly vcpus: number
  readonly maximumVcpus: number
}

/** What a container's limits ask of its machine. CRI tells a sandbox what its pod will need. */
export function demandOf(spec: Spec): Demand {
  const resources = spec.linux?.resources ?? {}
  const annotations = spec.annotations ?? {}
  const sandbox = (name: string) => Number(annotations[`io.kubernetes.cri.sandbox-${name}`] ?? 0) || 0
  const memory = resources.memory?.limit || sandbox('memory')
  const quota = resources.cpu?.quota || sandbox('cpu-quota')
  const period = resources.cpu?.period || sandbox('cpu-period') || 100_000
  return {
    memoryMiB: memory > 0 ? Math.ceil(memory / MEBIBYTE) : 0,
    vcpus: quota > 0 ? Math.ceil(quota / period) : 0,
  }
}

/**
 * A machine for its first container. Without a limit it gets the configured size; a limit gets what the guest itself takes
 * on top, so that the container can use all of it.
 */
export function sizeMachine(config: VmConfig, demand: Demand): MachineSize {
  const hostMiB = Math.floor(totalmem() / MEBIBYTE)
  const memoryMiB = demand.memoryMiB > 0 ? demand.memoryMiB + config.memoryOverheadMiB : config.memoryMiB
  // More memory than the host has is a limit that limits nothing, as with a plain container.
  const bounded = Math.min(memoryMiB, Math.max(hostMiB, config.memoryMiB))
  const maximumVcpus = config.maximumVcpus || cpus().length
  return {
    memoryMiB: bounded,
    maximumMemoryMiB: Math.max(bounded, config.maximumMemoryMiB || hostMiB),
    vcpus: Math.min(Math.max(config.vcpus, demand.vcpus), Math.max(maximumVcpus, config.vcpus)),
    maximumVcpus: Math.max(maximumVcpus, config.vcpus),
  }
}

/**
 * What a machine has to have for all its containers: what it was made with, which serves its first container and those without
 * limits, and on top what the others' limits ask beyond the sandbox's, which are the whole pod's where the CRI gives them.
 * @param own the limits of the sandbox's own container as they are now
 */
export function sizeFor(
  base: {readonly memoryMiB: number; readonly vcpus: number; readonly demand: Demand},
  own: Demand,
  members: readonly Demand[],
): Demand {
  const beyond = (key: keyof Demand) =>
    Math.max(0, members.reduce((total, demand) => total + demand[key], 0) - base.demand[key])
  // Without a limit at first the machine has room of its own, and the limit says only how much of it may be used.
  const grownMemory = base.demand.memoryMiB > 0 ? Math.max(0, own.memoryMiB - base.demand.memoryMiB) : 0
  const grownVcpus = Math.max(0, own.vcpus - Math.max(base.demand.vcpus, 1))
  return {
    memoryMiB: base.memoryMiB + grownMemory + beyond('memoryMiB'),
    vcpus: base.vcpus + grownVcpus + beyond('vcpus'),
  }
}
