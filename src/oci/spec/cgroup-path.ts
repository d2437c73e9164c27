import {existsSync, readFileSync} from 'node:fs'
import type {SpecTemplate} from './spec-template.ts'

/** Whether this host has cgroup v2 only; v1 and mixed hosts count as v1, as runc and podman see them. */
export function isCgroupV2(): boolean {
  return existsSync('/sys/fs/cgroup/cgroup.controllers')
}

/**
 * `linux.cgroupsPath`: a path below the root for cgroupfs, `slice:prefix:name` for systemd. The prefix `libpod` is the one
 * that cAdvisor and the like know containers of this family by. Undefined when the container gets no cgroup.
 */
export function cgroupsPath({id, cgroup}: SpecTemplate, cgroupManager: 'cgroupfs' | 'systemd'): string | undefined {
  if (cgroup.mode === 'disabled') return undefined
  if (cgroup.mode === 'split') return `${ownCgroup()}/libpod-payload-${id}`
  if (cgroupManager === 'systemd') return `${cgroup.parent || 'machine.slice'}:libpod:${id}`
  return `${cgroup.parent || '/libpod_parent'}/libpod-${id}`
}

/** @see cgroups(7), /proc/pid/cgroup */
function ownCgroup(): string {
  const lines = readFileSync('/proc/self/cgroup', 'utf8').trimEnd().split('\n')
  const wanted = isCgroupV2() ? '0::' : ':pids:'
  const line = lines.find((entry) => entry.includes(wanted)) ?? lines[0] ?? '0::/'
  const path = line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1)
  return path === '/' ? '' : path
}
