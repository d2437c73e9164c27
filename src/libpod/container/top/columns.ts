import {readFileSync} from 'node:fs'
import {formatGoDuration} from '../../define/go-duration.ts'
import {capabilityWords} from './capability-names.ts'
import type {ProcessInfo} from './read-process.ts'

/** What columns need besides the process itself. */
export interface TopContext {
  /** Names by id of the container's own passwd and group. */
  readonly userName: (uid: number) => string
  readonly groupName: (gid: number) => string
  /** Names by id on the host. */
  readonly hostUserName: (uid: number) => string
  readonly hostGroupName: (gid: number) => string
  /** An id of the host as the container's user namespace sees it. */
  readonly containerUid: (uid: number) => number
  readonly containerGid: (gid: number) => number
  /** Pids as the container's pid namespace sees them, by the host's. */
  readonly containerPids: ReadonlyMap<number, number>
  /** Nanoseconds since boot. */
  readonly uptimeNs: bigint
}

export interface TopColumn {
  readonly heading: string
  readonly value: (process: ProcessInfo, context: TopContext) => string
}

/** Ticks of /proc/pid/stat per second: USER_HZ, 100 on every Linux that Node runs on. */
const TICK_NS = 10_000_000n

/** By descriptor. @see podman top, Format Descriptors; psgo for headings */
export const columns: Readonly<Record<string, TopColumn>> = {
  args: {heading: 'COMMAND', value: commandLine},
  capamb: {heading: 'AMBIENT CAPS', value: ({status}) => capabilityWords(status.CapAmb ?? '')},
  capbnd: {heading: 'BOUNDING CAPS', value: ({status}) => capabilityWords(status.CapBnd ?? '')},
  capeff: {heading: 'EFFECTIVE CAPS', value: ({status}) => capabilityWords(status.CapEff ?? '')},
  capinh: {heading: 'INHERITED CAPS', value: ({status}) => capabilityWords(status.CapInh ?? '')},
  capprm: {heading: 'PERMITTED CAPS', value: ({status}) => capabilityWords(status.CapPrm ?? '')},
  comm: {heading: 'COMMAND', value: ({stat}) => stat[1] ?? ''},
  etime: {heading: 'ELAPSED', value: (process, context) => formatGoDuration(elapsedNs(process, context))},
  group: {
    heading: 'GROUP',
    value: ({status}, {groupName, containerGid}) => groupName(containerGid(idAt(status.Gid, 1))),
  },
  groups: {heading: 'GROUPS', value: groupNames},
  hgroup: {heading: 'HGROUP', value: ({status}, {hostGroupName}) => hostGroupName(idAt(status.Gid, 1))},
  hgroups: {heading: 'HGROUPS', value: ({status}, {hostGroupName}) => ids(status.Groups).map(hostGroupName).join(',')},
  hpid: {heading: 'HPID', value: ({pid}) => String(pid)},
  huser: {heading: 'HUSER', value: ({status}, {hostUserName}) => hostUserName(idAt(status.Uid, 1))},
  label: {heading: 'LABEL', value: ({label}) => label},
  nice: {heading: 'NI', value: ({stat}) => stat[18] ?? ''},
  pcpu: {heading: '%CPU', value: cpuPercent},
  pgid: {heading: 'PGID', value: ({status}) => last(status.NSpgid)},
  pid: {heading: 'PID', value: ({status}) => last(status.NSpid)},
  ppid: {heading: 'PPID', value: ({stat}, {containerPids}) => String(containerPids.get(Number(stat[3])) ?? 0)},
  rgroup: {
    heading: 'RGROUP',
    value: ({status}, {groupName, containerGid}) => groupName(containerGid(idAt(status.Gid, 0))),
  },
  rss: {heading: 'RSS', value: ({status}) => kilobytes(status.VmRSS)},
  ruser: {heading: 'RUSER', value: ({status}, {userName, containerUid}) => userName(containerUid(idAt(status.Uid, 0)))},
  seccomp: {heading: 'SECCOMP', value: ({status}) => ['disabled', 'strict', 'filter'][Number(status.Seccomp)] ?? '?'},
  state: {heading: 'STATE', value: ({stat}) => stat[2] ?? ''},
  stime: {heading: 'STIME', value: (process, context) => startedAt(process, context).toISOString()},
  time: {heading: 'TIME', value: ({stat}) => formatGoDuration(secondsOnly(cpuTicks(stat) * TICK_NS))},
  tty: {heading: 'TTY', value: ({stat}) => terminalName(Number(stat[6]))},
  user: {heading: 'USER', value: ({status}, {userName, containerUid}) => userName(containerUid(idAt(status.Uid, 1)))},
  vsz: {heading: 'VSZ', value: ({status}) => kilobytes(status.VmSize)},
}

/** ps(1)'s codes. */
const aliases: Readonly<Record<string, string>> = {
  ...{
    '%C': 'pcpu',
    '%G': 'group',
    '%P': 'ppid',
    '%U': 'user',
    '%a': 'args',
    '%c': 'comm',
    '%g': 'rgroup',
    '%n': 'nice',
  },
  ...{'%p': 'pid', '%r': 'pgid', '%t': 'etime', '%u': 'ruser', '%x': 'time', '%y': 'tty', '%z': 'vsz'},
}

export const defaultDescriptors = ['user', 'pid', 'ppid', 'pcpu', 'etime', 'tty', 'time', 'args'] as const

/** The columns of these descriptors, or undefined when one of them is none: then they are meant for ps(1). */
export function columnsOf(descriptors: readonly string[]): readonly TopColumn[] | undefined {
  const names = descriptors.flatMap((descriptor) => descriptor.split(','))
  const found = names.map((name) => columns[aliases[name] ?? name.toLowerCase()])
  return found.every((column) => column !== undefined) ? found : undefined
}

/** A kernel thread or zombie has no arguments: its name in brackets. */
function commandLine({args, stat}: ProcessInfo): string {
  return args.length > 0 ? args.map((arg) => `${arg} `).join('') : `[${stat[1]}]`
}

function groupNames({status}: ProcessInfo, {groupName, containerGid}: TopContext): string {
  return ids(status.Groups)
    .map((gid) => groupName(containerGid(gid)))
    .join(',')
}

function cpuPercent(process: ProcessInfo, context: TopContext): string {
  const elapsed = Number(elapsedNs(process, context))
  return (elapsed > 0 ? (Number(cpuTicks(process.stat) * TICK_NS) / elapsed) * 100 : 0).toFixed(3)
}

function cpuTicks(stat: readonly string[]): bigint {
  return BigInt(stat[13] ?? 0) + BigInt(stat[14] ?? 0)
}

function secondsOnly(nanoseconds: bigint): bigint {
  return nanoseconds - (nanoseconds % 1_000_000_000n)
}

function elapsedNs({stat}: ProcessInfo, {uptimeNs}: TopContext): bigint {
  const elapsed = uptimeNs - BigInt(stat[21] ?? 0) * TICK_NS
  return elapsed > 0n ? elapsed : 0n
}

function startedAt(process: ProcessInfo, context: TopContext): Date {
  return new Date(Date.now() - Number(elapsedNs(process, context) / 1_000_000n))
}

/** @see proc(5), tty_nr: major in bits 8 to 15, minor in 0 to 7 and 20 to 31 */
function terminalName(device: number): string {
  const major = (device >> 8) & 0xff
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00)
  if (major === 4) return `tty${minor}`
  return major >= 136 && major <= 143 ? `pts/${(major - 136) * 256 + minor}` : '?'
}

function ids(field = ''): readonly number[] {
  return field.split(/\s+/).filter(Boolean).map(Number)
}

/** Uid and Gid lines: real, effective, saved, filesystem. */
function idAt(field: string | undefined, index: number): number {
  return ids(field)[index] ?? 0
}

function last(field = ''): string {
  return field.split(/\s+/).at(-1) ?? ''
}

function kilobytes(field = '0 kB'): string {
  return field.split(' ')[0] ?? '0'
}

/** Uptime in nanoseconds. @see proc(5), /proc/uptime */
export function readUptimeNs(): bigint {
  const [seconds = '0'] = readFileSync('/proc/uptime', 'latin1').split(' ')
  return BigInt(Math.round(Number(seconds) * 100)) * TICK_NS
}
