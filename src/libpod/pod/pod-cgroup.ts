import {mkdirSync, rmdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {isErrno} from '../../errors/index.ts'
import {cgroupHierarchies, mountedCgroupTrees} from '../../host/index.ts'
import type {Resources} from '../../oci/types/runtime-spec.ts'

const MONITORS_END_MS = 3000
const LOOK_EVERY_MS = 20

/** Limits of a whole pod, written to the cgroup above its containers, in either version. */
export function limitPod(path: string, resources: Resources): void {
  for (const {version, mountPoint, controllers} of cgroupHierarchies()) {
    const directory = join(mountPoint, path)
    mkdirSync(directory, {recursive: true, mode: 0o755})
    const files = version === 2 ? unifiedFiles(resources) : legacyFiles(resources, controllers)
    for (const [file, value] of files) writeFileSync(join(directory, file), value)
  }
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
