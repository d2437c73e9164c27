import type {RuntimeUsage} from '../../../oci/runtime/index.ts'
import type {CgroupUsage} from './cgroup-usage.ts'

/** Usage as the runtime measured it, in the form that cgroups of this host give. */
export function usageOfRuntime({cpu, memory, pids, blkio}: RuntimeUsage): CgroupUsage {
  const bytes = (op: string) =>
    blkio.ioServiceBytesRecursive.reduce((sum, entry) => sum + (entry.op === op ? entry.value : 0), 0)
  return {
    cpuNano: cpu.usage.total,
    cpuSystemNano: cpu.usage.kernel,
    perCpuNano: [],
    memoryUsageBytes: memory.usage.usage,
    memoryLimitBytes: memory.usage.limit,
    blockInputBytes: bytes('Read'),
    blockOutputBytes: bytes('Write'),
    pids: pids.current,
  }
}
