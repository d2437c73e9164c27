import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'

const CONTROLLERS = ['cpu', 'cpuset', 'io', 'memory', 'pids']

/** Gives a cgroup of version 2 the controllers that limits are set with: one is in it only when each parent passes it on. */
export function passControllersTo(directory: string): void {
  const parent = dirname(directory)
  if (!existsSync(join(parent, 'cgroup.subtree_control'))) return
  passControllersTo(parent)
  const here = words(join(parent, 'cgroup.controllers'))
  const passed = words(join(parent, 'cgroup.subtree_control'))
  for (const controller of CONTROLLERS)
    if (here.includes(controller) && !passed.includes(controller))
      writeFileSync(join(parent, 'cgroup.subtree_control'), `+${controller}`)
}

function words(path: string): string[] {
  return readFileSync(path, 'utf8').trim().split(/\s+/)
}

/** @see runc libcontainer/cgroups, ConvertCPUSharesToCgroupV2Value: 2..262144 onto 1..10000 */
export function cpuWeightOf(shares: number): number {
  return 1 + Math.floor(((shares - 2) * 9999) / 262_142)
}

/** @see runc libcontainer/cgroups, ConvertBlkIOToIOWeightValue: 10..1000 onto 1..10000 */
export function ioWeightOf(weight: number): number {
  return 1 + Math.floor(((weight - 10) * 9999) / 990)
}

/** What `cpu.max` and the like say for a limit that is none. */
export function orMax(limit: number): number | 'max' {
  return limit < 0 ? 'max' : limit
}
