import {statfsSync} from 'node:fs'
import type {Mount} from '../../oci/types/runtime-spec.ts'

export type MountKind =
  /**
   * The guest's runtime makes it from nothing of the host: proc, tmpfs, …; a bind of /proc or /sys in its usual place, which is
   * how a container in another's user namespace gets one, is of the guest's.
   */
  | {readonly kind: 'guest'}
  /** A directory of the host whose content belongs in guest memory. */
  | {readonly kind: 'memory'; readonly sizeBytes: number}
  /** A file or directory of the host. */
  | {readonly kind: 'shared'}
  /** The host's cgroups: the guest shows its own. */
  | {readonly kind: 'cgroup'}
  /** The host's kernel interfaces, which mean nothing in the guest. */
  | {readonly kind: 'foreign'}

/** @see linux/magic.h */
const TMPFS = 0x01021994

/** How a mount of config.json comes into the guest. */
export function mountKind(mount: Mount): MountKind {
  if (!isBind(mount)) return {kind: 'guest'}
  const source = mount.source ?? ''
  if (mount.destination === source && (source === '/proc' || source === '/sys')) return {kind: 'guest'}
  if (source === '/sys/fs/cgroup' || mount.destination === '/sys/fs/cgroup') return {kind: 'cgroup'}
  if (/^\/(proc|sys)(\/|$)/.test(source)) return {kind: 'foreign'}
  if (mount.destination === '/dev/shm' || isEphemeral(source)) return memoryKind(source)
  return {kind: 'shared'}
}

export function isBind(mount: Mount): boolean {
  return mount.type === 'bind' || (mount.options?.some((option) => option === 'bind' || option === 'rbind') ?? false)
}

/** @see kubernetes pkg/volume/emptydir: `medium: Memory` is a tmpfs at this place */
function isEphemeral(source: string): boolean {
  return source.includes('/kubernetes.io~empty-dir/')
}

function memoryKind(source: string): MountKind {
  try {
    const {type, bsize, blocks} = statfsSync(source)
    if (type === TMPFS) return {kind: 'memory', sizeBytes: bsize * blocks}
  } catch {
    // Not there: sharing it says so.
  }
  return {kind: 'shared'}
}
