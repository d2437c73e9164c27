import {readFileSync} from 'node:fs'
import type {ContainerRequest} from './container-request.ts'
import {refuse} from './refuse.ts'

/** In the order of their numbers. @see capabilities(7) */
const CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
  ...['LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER'],
  ...['SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE'],
  ...['SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP'],
  ...['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF'],
  ...['CHECKPOINT_RESTORE'],
].map((name) => `CAP_${name}`)

export interface Capabilities {
  /** The bounding set, sorted. */
  readonly capabilities: readonly string[]
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
}

/**
 * The capabilities of a container: the defaults, or all that this host can give when privileged; then what the request
 * adds and drops.
 *
 * @throws ERR_REFUSED for an unknown name, and for one both added and dropped
 */
export function resolveCapabilities(request: ContainerRequest, defaults: readonly string[]): Capabilities {
  const capAdd = normalize(request.capAdd ?? [])
  const capDrop = normalize(request.capDrop ?? [])
  const both = capAdd.find((name) => capDrop.includes(name))
  if (both === 'ALL') refuse('adding all caps and removing all caps not allowed')
  if (both) refuse(`capability ${JSON.stringify(both)} cannot be dropped and added`)
  const base = request.privileged ? boundingSet() : defaults
  return {capabilities: merge(base, capAdd, capDrop), capAdd, capDrop}
}

function normalize(names: readonly string[]): string[] {
  const words = names.map((name) => {
    const upper = name.trim().toUpperCase()
    if (upper === 'ALL') return upper
    const full = upper.startsWith('CAP_') ? upper : `CAP_${upper}`
    return CAPABILITIES.includes(full) ? full : refuse(`${JSON.stringify(full)}: unknown capability`)
  })
  return [...new Set(words)]
}

function merge(base: readonly string[], add: readonly string[], drop: readonly string[]): string[] {
  if (drop.includes('ALL')) return [...add].sort()
  const start = add.includes('ALL') ? boundingSet() : [...base, ...add]
  return [...new Set(start)].filter((name) => !drop.includes(name)).sort()
}

/** What this process could give away: a capability outside of its bounding set makes the OCI runtime fail. */
export function boundingSet(): string[] {
  const bits = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0'}`)
  return CAPABILITIES.filter((_, number) => (bits >> BigInt(number)) & 1n).sort()
}
