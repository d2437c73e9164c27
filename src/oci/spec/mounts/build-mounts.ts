import type {Mount} from '../../types/runtime-spec.ts'
import {INIT_DESTINATION} from '../process.ts'
import type {SpecTemplate} from '../spec-template.ts'
import type {StartContext} from '../start-context.ts'
import {requestMounts} from './request-mounts.ts'
import {systemMounts} from './system-mounts.ts'

/**
 * All mounts of a container, shallow destinations first. What the request mounts replaces what the engine would put
 * there, and what the engine puts there replaces the system's.
 */
export function buildMounts(template: SpecTemplate, context: StartContext): Mount[] {
  const requested = requestMounts(template, context)
  const layers = [
    systemMounts(template, ownsNetwork(template, context)),
    template.process.systemd ? systemdMounts(template.process.systemdTmpfsBytes) : [],
    readOnlyMounts(template),
    initMount(template),
    [...context.mounts],
  ]
  const byDestination = new Map(layers.flat().map((mount) => [normal(mount.destination), mount]))
  for (const mount of requested) hide(byDestination, normal(mount.destination))
  const mounts = [...byDestination.values(), ...requested]
  return mounts.map((mount) => lockDevices(template, mount)).sort((a, b) => depth(a) - depth(b))
}

/** A network namespace that the runtime makes belongs to the container's user namespace; no other does. */
function ownsNetwork({namespaces}: SpecTemplate, context: StartContext): boolean {
  const {network} = namespaces
  return network.mode !== 'host' && network.mode !== 'path' && !context.namespacePath('network', network)
}

/** A mount on /dev or /sys/fs/cgroup takes the place of the whole tree that the system would mount there. */
function hide(mounts: Map<string, Mount>, destination: string): void {
  for (const known of [...mounts.keys()]) {
    const inside = known.startsWith(`${destination}/`) && mounts.get(known)?.type !== 'bind'
    if (known === destination || (destination === '/dev' && inside)) mounts.delete(known)
  }
}

function normal(path: string): string {
  return path.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '')
}

function depth({destination}: Mount): number {
  return normal(destination).split('/').length
}

const TMPFS = ['rw', 'rprivate', 'nosuid', 'nodev', 'tmpcopyup']

function tmpfs(destination: string, options: readonly string[] = TMPFS): Mount {
  return {destination, type: 'tmpfs', source: 'tmpfs', options: [...options]}
}

/** @see systemd, Container Interface: what systemd as PID 1 needs to be able to write */
function systemdMounts(sizeBytes: number | undefined): Mount[] {
  const sized = sizeBytes === undefined ? TMPFS : [...TMPFS, `size=${sizeBytes}`]
  return [...['/run', '/run/lock'].map((path) => tmpfs(path, sized)), tmpfs('/tmp'), tmpfs('/var/log/journal')]
}

function readOnlyMounts({security}: SpecTemplate): Mount[] {
  return security.readOnlyRootfs && security.readOnlyTmpfs
    ? ['/tmp', '/run', '/var/tmp'].map((path) => tmpfs(path))
    : []
}

function initMount({process}: SpecTemplate): Mount[] {
  if (!process.initPath) return []
  return [{destination: INIT_DESTINATION, type: 'bind', source: process.initPath, options: ['bind', 'ro']}]
}

const WRITABLE_DEVICES = ['/dev', '/dev/mqueue', '/dev/pts', '/dev/shm']

/** `--read-only --read-only-tmpfs=false`: nothing at all can be written, not even below /dev. */
function lockDevices({security}: SpecTemplate, mount: Mount): Mount {
  const locked = security.readOnlyRootfs && !security.readOnlyTmpfs && WRITABLE_DEVICES.includes(mount.destination)
  return locked ? {...mount, options: [...(mount.options ?? []), 'ro']} : mount
}

/** The root's propagation must not be tighter than that of a mount inside it, or the mount would not propagate. */
export function rootfsPropagation(mounts: readonly Mount[]): string | undefined {
  const words = mounts.flatMap((mount) => mount.options ?? [])
  if (words.includes('shared') || words.includes('rshared')) return 'shared'
  return words.includes('slave') || words.includes('rslave') ? 'rslave' : undefined
}
