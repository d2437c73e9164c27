import {existsSync, writeFileSync} from 'node:fs'
import {basename, join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {cpuWeightOf, orMax, passControllersTo} from '../../host/index.ts'
import type {Resources} from '../../oci/types/runtime-spec.ts'
import {isUnified} from './cgroup.ts'

/**
 * Limits of the host cgroup that holds QEMU and its relays. The guest applies the container's own limits; these bound what
 * the machine as a whole takes, so memory is the machine's size and what QEMU needs besides.
 */
export function limitCgroups(
  directories: readonly string[],
  resources: Resources,
  memoryLimitBytes: number | undefined,
): void {
  for (const directory of directories) {
    if (isUnified(directory)) limitUnified(directory, resources, memoryLimitBytes)
    else limitLegacy(directory, resources, memoryLimitBytes)
  }
}

function limitLegacy(directory: string, {cpu}: Resources, memory: number | undefined): void {
  set(directory, 'memory.limit_in_bytes', memory)
  set(directory, 'cpu.shares', positive(cpu?.shares))
  set(directory, 'cpu.cfs_period_us', positive(cpu?.period))
  set(directory, 'cpu.cfs_quota_us', nonZero(cpu?.quota))
  set(directory, 'cpuset.cpus', cpu?.cpus || undefined)
  set(directory, 'cpuset.mems', cpu?.mems || undefined)
}

function limitUnified(directory: string, {cpu}: Resources, memory: number | undefined): void {
  passControllersTo(directory)
  set(directory, 'memory.max', memory)
  set(directory, 'cpu.weight', cpu?.shares ? cpuWeightOf(cpu.shares) : undefined)
  if (cpu?.quota) set(directory, 'cpu.max', `${orMax(cpu.quota)} ${cpu.period || 100_000}`)
  set(directory, 'cpuset.cpus', cpu?.cpus || undefined)
  set(directory, 'cpuset.mems', cpu?.mems || undefined)
}

/** A controller's file is only in its own hierarchy. */
function set(directory: string, file: string, value: number | string | undefined): void {
  const path = join(directory, file)
  if (value === undefined || !existsSync(path)) return
  try {
    writeFileSync(path, String(value))
  } catch (cause) {
    throw new EngineError('ERR_SYSCALL', `${file} of ${basename(directory)}: ${(cause as Error).message}`, {cause})
  }
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined
}

function nonZero(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value
}
