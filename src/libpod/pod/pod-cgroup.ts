import {existsSync, mkdirSync, rmdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {isErrno} from '../../errors/index.ts'
import {
  cgroupHierarchies,
  cpuWeightOf,
  ioWeightOf,
  mountedCgroupTrees,
  orMax,
  passControllersTo,
} from '../../host/index.ts'
import {buildResources} from '../../oci/spec/index.ts'
import type {Resources, ThrottleDevice} from '../../oci/types/runtime-spec.ts'
import type {PodConfig} from '../define/pod.ts'

const MONITORS_END_MS = 10_000
const LOOK_EVERY_MS = 20

/** Writes a pod's limits to the cgroup above its containers, in either version; a machine's memory is bounded by its size. */
export function limitPod({cgroupPath, resources = {}, isMachine}: PodConfig): void {
  const {memory, ...others} = buildResources({resources, cgroup: {mode: 'enabled', parent: ''}}, [])
  const limits = isMachine ? others : {...others, memory}
  for (const {version, mountPoint, controllers} of cgroupHierarchies()) {
    const directory = join(mountPoint, cgroupPath)
    mkdirSync(directory, {recursive: true, mode: 0o755})
    if (version === 2) passControllersTo(directory)
    const files = version === 2 ? unifiedFiles(limits) : legacyFiles(limits, controllers)
    for (const [file, value] of files) writeLimit(join(directory, file), value)
  }
}

/** A boot forgets cgroups: before the first of a pod's containers runs, its limits are there again. */
export function limitPodAgain(config: PodConfig): void {
  if (!config.resources) return
  const isThere = cgroupHierarchies().every(({mountPoint}) => existsSync(join(mountPoint, config.cgroupPath)))
  if (!isThere) limitPod(config)
}

/** Kernels without accounting of swap lack its file; the limit of memory alone stands then. */
function writeLimit(path: string, value: string): void {
  if (/(memsw.limit_in_bytes|memory.swap.max)$/.test(path) && !existsSync(path)) return
  writeFileSync(path, value)
}

/**
 * Removes a pod's cgroup. The monitors of its containers, which are in it, may still be on their way out: waits a little for
 * them. One that somebody else has processes in stays.
 */
export async function removePodCgroup(path: string): Promise<void> {
  const left = () => mountedCgroupTrees().filter(({mountPoint}) => !removed(join(mountPoint, path)))
  const deadline = Date.now() + MONITORS_END_MS
  while (left().length > 0 && Date.now() < deadline) await setTimeout(LOOK_EVERY_MS)
}

function removed(directory: string): boolean {
  return [join(directory, 'conmon'), directory].every((each) => {
    try {
      rmdirSync(each)
      return true
    } catch (error) {
      if (isErrno(error, 'EBUSY', 'ENOTEMPTY')) return false
      if (isErrno(error, 'ENOENT')) return true
      throw error
    }
  })
}

/** @see Linux Documentation/admin-guide/cgroup-v2.rst */
function unifiedFiles({memory, cpu, blockIO}: Resources): [string, string][] {
  return [
    ...entry('memory.max', memory?.limit === undefined ? undefined : orMax(memory.limit)),
    ...(memory?.swap !== undefined && memory.limit !== undefined
      ? entry('memory.swap.max', memory.swap < 0 ? 'max' : memory.swap - memory.limit)
      : []),
    ...(cpu?.quota ? entry('cpu.max', `${orMax(cpu.quota)} ${cpu.period ?? 100_000}`) : []),
    ...(cpu?.shares ? entry('cpu.weight', cpuWeightOf(cpu.shares)) : []),
    ...entry('cpuset.cpus', cpu?.cpus || undefined),
    ...entry('cpuset.mems', cpu?.mems || undefined),
    ...(blockIO?.weight ? entry('io.weight', ioWeightOf(blockIO.weight)) : []),
    ...(blockIO?.weightDevice ?? []).flatMap(({major, minor, weight}) =>
      weight ? entry('io.weight', `${major}:${minor} ${ioWeightOf(weight)}`) : [],
    ),
    ...rates('io.max', blockIO?.throttleReadBpsDevice, 'rbps='),
    ...rates('io.max', blockIO?.throttleWriteBpsDevice, 'wbps='),
  ]
}

function legacyFiles({memory, cpu, blockIO}: Resources, controllers: readonly string[]): [string, string][] {
  if (controllers.includes('blkio'))
    return [
      ...entry('blkio.weight', blockIO?.weight),
      ...rates('blkio.throttle.read_bps_device', blockIO?.throttleReadBpsDevice),
      ...rates('blkio.throttle.write_bps_device', blockIO?.throttleWriteBpsDevice),
    ]
  if (controllers.includes('memory'))
    return [...entry('memory.limit_in_bytes', memory?.limit), ...entry('memory.memsw.limit_in_bytes', memory?.swap)]
  if (controllers.includes('cpu'))
    return [
      ...entry('cpu.shares', cpu?.shares || undefined),
      ...(cpu?.quota
        ? [...entry('cpu.cfs_period_us', cpu.period ?? 100_000), ...entry('cpu.cfs_quota_us', cpu.quota)]
        : []),
    ]
  return controllers.includes('cpuset') && (cpu?.cpus || cpu?.mems)
    ? [...entry('cpuset.cpus', cpu.cpus || undefined), ...entry('cpuset.mems', cpu.mems || undefined)]
    : []
}

function entry(file: string, value: number | string | undefined): [string, string][] {
  return value === undefined ? [] : [[file, String(value)]]
}

function rates(file: string, devices: readonly ThrottleDevice[] = [], key = ''): [string, string][] {
  return devices.map(({major, minor, rate}) => [file, `${major}:${minor} ${key}${rate}`])
}
