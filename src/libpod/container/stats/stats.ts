import {totalmem} from 'node:os'
import {cgroupHierarchies, cgroupPathsOf} from '../../../host/index.ts'
import type {ContainerStats} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import type {HeldContainer} from '../held-container.ts'
import {standsForGuest} from '../stands-for-guest.ts'
import {withContainer} from '../with-container.ts'
import {readCgroupUsage} from './cgroup-usage.ts'
import {readNetworkCounters} from './network-counters.ts'
import {usageOfRuntime} from './runtime-usage.ts'

/**
 * What a running container uses now: in a virtual machine what it uses there, without the machine's own.
 * @param previous the sample before, for the CPU's share of the time between; without it the share is that since the start
 * @throws ERR_CTR_STATE_INVALID unless running or paused
 */
export function statsContainer(engine: Engine, id: string, previous?: ContainerStats): Promise<ContainerStats> {
  return withContainer(engine, id, (held) => sample(held, previous))
}

async function sample(held: HeldContainer, previous: ContainerStats | undefined): Promise<ContainerStats> {
  const state = held.require(['running', 'paused', 'stopping'], `container ${held.id} is not running`)
  const usage = standsForGuest(state.pid)
    ? usageOfRuntime(await held.ociRuntime.usage(held.id))
    : readCgroupUsage(cgroupHierarchies(), cgroupPathsOf(state.pid))
  const nowNano = Date.now() * 1e6
  const aliveNano = Math.max(1, nowNano - Date.parse(state.startedAt) * 1e6)
  const memoryLimitBytes = Math.min(usage.memoryLimitBytes, totalmem())
  return {
    id: held.id,
    name: held.name,
    cpuNano: usage.cpuNano,
    cpuSystemNano: usage.cpuSystemNano,
    cpuPercent: percent(usage.cpuNano - (previous?.cpuNano ?? 0), previous ? nowNano - previous.systemNano : aliveNano),
    averageCpuPercent: percent(usage.cpuNano, aliveNano),
    perCpuNano: usage.perCpuNano,
    systemNano: nowNano,
    memoryUsageBytes: usage.memoryUsageBytes,
    memoryLimitBytes,
    memoryPercent: percent(usage.memoryUsageBytes, memoryLimitBytes),
    networks: readNetworkCounters(networkNamespace(held, state.pid)),
    blockInputBytes: usage.blockInputBytes,
    blockOutputBytes: usage.blockOutputBytes,
    pids: usage.pids,
    // podman's name for the CPU's time: its column CPU TIME prints it.
    upTimeNano: usage.cpuNano,
    durationNano: usage.cpuNano,
  }
}

/** The process that stands for a VM's container is not in the namespace that the VM uses. */
function networkNamespace({engine, id}: HeldContainer, pid: number): string {
  return engine.networks.containers.find(id)?.netnsPath ?? `/proc/${pid}/ns/net`
}

function percent(part: number, whole: number): number {
  return whole > 0 ? Math.max(0, (part / whole) * 100) : 0
}
