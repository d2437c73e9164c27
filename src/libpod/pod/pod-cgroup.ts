import {mkdirSync, rmdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import {cgroupHierarchies} from '../../host/index.ts'
import type {Resources} from '../../oci/types/runtime-spec.ts'

/** Limits of a whole pod, written to the cgroup above its containers, in either version. */
export function limitPod(path: string, resources: Resources): void {
  for (const {version, mountPoint, controllers} of cgroupHierarchies()) {
    const directory = join(mountPoint, path)
    mkdirSync(directory, {recursive: true, mode: 0o755})
    const files = version === 2 ? unifiedFiles(resources) : legacyFiles(resources, controllers)
    for (const [file, value] of files) writeFileSync(join(directory, file), value)
  }
}

/** Removes a pod's cgroup, with those of shims that ended in it. One that is gone, or still has processes, stays as it is. */
export function removePodCgroup(path: string): void {
  for (const {mountPoint} of cgroupHierarchies())
    for (const directory of [join(mountPoint, path, 'conmon'), join(mountPoint, path)])
      try {
        rmdirSync(directory)
      } catch (error) {
        if (!isErrno(error, 'ENOENT', 'EBUSY', 'ENOTEMPTY')) throw error
      }
}

/** @see Linux Documentation/admin-guide/cgroup-v2.rst */
function unifiedFiles({memory, cpu}: Resources): [string, string][] {
  return [
    ...entry('memory.max', memory?.limit),
    ...(memory?.swap !== undefined && memory.limit !== undefined
      ? entry('memory.swap.max', memory.swap - memory.limit)
      : []),
    ...(cpu?.quota ? entry('cpu.max', `${cpu.quota} ${cpu.period ?? 100_000}`) : []),
    ...(cpu?.shares ? entry('cpu.weight', 1 + Math.floor(((cpu.shares - 2) * 9999) / 262_142)) : []),
    ...entry('cpuset.cpus', cpu?.cpus || undefined),
    ...entry('cpuset.mems', cpu?.mems || undefined),
  ]
}

function legacyFiles({memory, cpu}: Resources, controllers: readonly string[]): [string, string][] {
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
