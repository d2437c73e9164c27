import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../../errors/index.ts'
import type {CgroupHierarchy} from '../../../host/index.ts'

/** What a cgroup and those below it have used. Memory limits beyond the host's memory are left for the caller to cut. */
export interface CgroupUsage {
  readonly cpuNano: number
  readonly cpuSystemNano: number
  /** Empty in version 2, which does not count per CPU. */
  readonly perCpuNano: readonly number[]
  readonly memoryUsageBytes: number
  readonly memoryLimitBytes: number
  readonly blockInputBytes: number
  readonly blockOutputBytes: number
  readonly pids: number
}

/** Where a process is: by controller, or by '' in the tree of version 2. */
export type CgroupPaths = ReadonlyMap<string, string>

/** Reads the counters of a process's cgroups in either version. A controller that is not there counts zero. */
export function readCgroupUsage(hierarchies: readonly CgroupHierarchy[], paths: CgroupPaths): CgroupUsage {
  const unified = hierarchies.find(({version}) => version === 2)
  return unified ? readUnified(join(unified.mountPoint, paths.get('') ?? '/')) : readLegacy(hierarchies, paths)
}

/** @see Linux Documentation/admin-guide/cgroup-v2.rst */
function readUnified(directory: string): CgroupUsage {
  const cpu = keyed(read(directory, 'cpu.stat'))
  const io = read(directory, 'io.stat').split('\n').map(ioCounters)
  return {
    cpuNano: (cpu.usage_usec ?? 0) * 1000,
    cpuSystemNano: (cpu.system_usec ?? 0) * 1000,
    perCpuNano: [],
    memoryUsageBytes: number(read(directory, 'memory.current')),
    memoryLimitBytes: number(read(directory, 'memory.max'), Number.POSITIVE_INFINITY),
    blockInputBytes: sum(io.map(({rbytes}) => rbytes ?? 0)),
    blockOutputBytes: sum(io.map(({wbytes}) => wbytes ?? 0)),
    pids: number(read(directory, 'pids.current')),
  }
}

/** @see Linux Documentation/admin-guide/cgroup-v1/ */
function readLegacy(hierarchies: readonly CgroupHierarchy[], paths: CgroupPaths): CgroupUsage {
  const file = (controller: string, name: string) => {
    const hierarchy = hierarchies.find(({controllers}) => controllers.includes(controller))
    return hierarchy ? read(join(hierarchy.mountPoint, paths.get(controller) ?? '/'), name) : ''
  }
  const cpuStat = keyed(file('cpuacct', 'cpuacct.stat'))
  const io = file('blkio', 'blkio.throttle.io_service_bytes_recursive')
  return {
    cpuNano: number(file('cpuacct', 'cpuacct.usage')),
    // In ticks of a hundredth of a second (USER_HZ).
    cpuSystemNano: (cpuStat.system ?? 0) * 1e7,
    perCpuNano: file('cpuacct', 'cpuacct.usage_percpu').split(/\s+/).filter(Boolean).map(Number),
    memoryUsageBytes: number(file('memory', 'memory.usage_in_bytes')),
    memoryLimitBytes: number(file('memory', 'memory.limit_in_bytes'), Number.POSITIVE_INFINITY),
    blockInputBytes: legacyIo(io, 'Read'),
    blockOutputBytes: legacyIo(io, 'Write'),
    pids: number(file('pids', 'pids.current')),
  }
}

function read(directory: string, name: string): string {
  try {
    return readFileSync(join(directory, name), 'latin1').trim()
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENODEV', 'EOPNOTSUPP')) return ''
    throw error
  }
}

/** `max`, and what is not there, is the fallback. */
function number(text: string, fallback = 0): number {
  return /^\d+$/.test(text) ? Number(text) : fallback
}

/** Lines of `KEY NUMBER`. */
function keyed(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    text.split('\n').map((line) => {
      const [key = '', value] = line.split(' ')
      return [key, Number(value)]
    }),
  )
}

/** `MAJOR:MINOR rbytes=… wbytes=…` */
function ioCounters(line: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    line
      .split(' ')
      .slice(1)
      .map((pair) => {
        const [key = '', value] = pair.split('=')
        return [key, Number(value)]
      }),
  )
}

/** `MAJOR:MINOR Read BYTES` */
function legacyIo(text: string, operation: string): number {
  return sum(text.split('\n').map((line) => (line.split(' ')[1] === operation ? Number(line.split(' ')[2]) : 0)))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, value) => total + value, 0)
}
