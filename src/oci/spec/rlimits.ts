import {readFileSync} from 'node:fs'
import {infiniteLimit} from '../types/infinity.ts'
import type {Rlimit} from '../types/runtime-spec.ts'
import type {RlimitTemplate} from './spec-template.ts'

const UNLIMITED = -1
const CAP_SYS_RESOURCE = 24

/** Lines of /proc/self/limits by the limit they tell. */
const NAMES: Readonly<Record<string, string>> = {
  'Max cpu time': 'RLIMIT_CPU',
  'Max file size': 'RLIMIT_FSIZE',
  'Max data size': 'RLIMIT_DATA',
  'Max stack size': 'RLIMIT_STACK',
  'Max core file size': 'RLIMIT_CORE',
  'Max resident set': 'RLIMIT_RSS',
  'Max processes': 'RLIMIT_NPROC',
  'Max open files': 'RLIMIT_NOFILE',
  'Max locked memory': 'RLIMIT_MEMLOCK',
  'Max address space': 'RLIMIT_AS',
  'Max file locks': 'RLIMIT_LOCKS',
  'Max pending signals': 'RLIMIT_SIGPENDING',
  'Max msgqueue size': 'RLIMIT_MSGQUEUE',
  'Max nice priority': 'RLIMIT_NICE',
  'Max realtime priority': 'RLIMIT_RTPRIO',
  'Max realtime timeout': 'RLIMIT_RTTIME',
}

/**
 * The limits for a spec. Those that come from the configuration are lowered to this process's hard limit when it may not
 * raise it: podman fails to start any container on such a host, for a default that nobody asked for.
 */
export function rlimitsFor(limits: readonly RlimitTemplate[]): Rlimit[] {
  const host = limits.some((limit) => limit.byDefault) ? hostHardLimits() : undefined
  return limits.map((limit) => {
    const most = limit.byDefault ? host?.get(limit.type) : undefined
    return {type: limit.type, hard: specValue(least(limit.hard, most)), soft: specValue(least(limit.soft, most))}
  })
}

/** Hard limits by name that this process cannot exceed; undefined when it may raise them (CAP_SYS_RESOURCE). */
export function hostHardLimits(): ReadonlyMap<string, number> | undefined {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0'
  if ((BigInt(`0x${effective}`) >> BigInt(CAP_SYS_RESOURCE)) & 1n) return undefined
  return parseLimits(readFileSync('/proc/self/limits', 'latin1'))
}

function parseLimits(text: string): Map<string, number> {
  const limits = new Map<string, number>()
  for (const line of text.split('\n')) {
    const match = /^(Max [a-z ]+?)\s{2,}(\S+)\s+(\S+)/.exec(line)
    const type = NAMES[match?.[1] ?? '']
    if (type) limits.set(type, match?.[3] === 'unlimited' ? UNLIMITED : Number(match?.[3]))
  }
  return limits
}

function least(value: number, most: number | undefined): number {
  if (most === undefined || most === UNLIMITED) return value
  return value === UNLIMITED ? most : Math.min(value, most)
}

function specValue(value: number): number {
  return value === UNLIMITED ? infiniteLimit() : value
}
