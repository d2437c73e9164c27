import {readFileSync} from 'node:fs'
import type {Resources, Spec} from '../../oci/types/runtime-spec.ts'
import type {MachineRecord} from '../hypervisor/hypervisor.ts'
import type {SandboxRecord, SandboxState} from '../persist/records.ts'
import {cgroupDirectories, createCgroups, joinCgroups} from './cgroup.ts'
import {limitCgroups} from './cgroup-limits.ts'
import type {VmServices} from './services.ts'
import {demandOf} from './sizing.ts'

const MEBIBYTE = 1024 * 1024

/** Moves a sandbox's processes into the cgroups that config.json names, with its limits; recorded before they are made. */
export function placeMachine(
  {store, config}: VmServices,
  {id}: SandboxRecord,
  state: SandboxState,
  spec: Spec,
): SandboxState {
  const cgroups = cgroupDirectories(spec.linux?.cgroupsPath, id, config.systemdCgroup)
  const placed: SandboxState = {...state, cgroups}
  store.saveSandboxState(id, placed)
  createCgroups(cgroups)
  const resources = spec.linux?.resources ?? {}
  limitMachine(cgroups, resources, demandOf(spec).memoryMiB > 0 ? state.machine : undefined, config)
  for (const process of [state.machine?.process, state.relay, ...(state.shareServers ?? [])])
    if (process) joinCgroups(cgroups, ...withChildren(process.pid))
  return placed
}

/** @param machine bounds the memory by the size of the machine and what the hypervisor needs besides */
export function limitMachine(
  cgroups: readonly string[],
  resources: Resources,
  machine: MachineRecord | undefined,
  {hypervisorOverheadMiB}: {readonly hypervisorOverheadMiB: number},
): void {
  limitCgroups(cgroups, resources, machine && (machine.memoryMiB + hypervisorOverheadMiB) * MEBIBYTE)
}

/** virtiofsd works in a child, in namespaces of its own. */
function withChildren(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return [pid, ...children.split(' ').filter(Boolean).map(Number)]
  } catch {
    return [pid]
  }
}
