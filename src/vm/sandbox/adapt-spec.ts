import {EngineError} from '../../errors/index.ts'
import {infiniteLimit, isInfiniteLimit} from '../../oci/types/infinity.ts'
import type {
  Device,
  Linux,
  Mount,
  Namespace,
  Process,
  Resources,
  Rlimit,
  Seccomp,
  Spec,
} from '../../oci/types/runtime-spec.ts'
import type {GuestSeccomp} from './seccomp-filter.ts'

/** What of the host stands for what in the guest. */
export interface GuestView {
  /** Path of the root file system in the guest. */
  readonly rootfs: string
  /** Mounts of config.json, already in the guest's terms. */
  readonly mounts: readonly Mount[]
  /** Guest path of a namespace that config.json joins by a path of the host; undefined makes a new one. */
  namespacePath(namespace: Namespace): string | undefined
  /** Guest numbers of block devices that were attached, by their path in the container. */
  readonly blockDevices: Readonly<Record<string, {readonly major: number; readonly minor: number}>>
  seccomp(profile: Seccomp): GuestSeccomp
}

/**
 * config.json for the guest's OCI runtime: everything that names the host is replaced or taken away, what remains is applied
 * in the guest. Labels of the host's security modules stay on the host, where QEMU runs under them; hooks are run on the
 * host except startContainer's, whose path is one of the container.
 */
export function adaptSpec(spec: Spec, view: GuestView): Spec {
  const {hooks, annotations: _annotations, ...rest} = spec
  const profile = spec.linux?.seccomp
  if (profile?.listenerPath)
    throw new EngineError('ERR_NOT_SUPPORTED', 'a seccomp listener, which cannot see into a virtual machine')
  const {seccomp, annotations} = profile ? view.seccomp(profile) : {}
  return {
    ...rest,
    ...(spec.process ? {process: adaptProcess(spec.process)} : {}),
    root: {path: view.rootfs, readonly: spec.root?.readonly ?? false},
    mounts: [...view.mounts],
    ...(hooks?.startContainer?.length ? {hooks: {startContainer: hooks.startContainer}} : {}),
    ...(annotations ? {annotations} : {}),
    linux: {...adaptLinux(spec.linux ?? {}, view), ...(seccomp ? {seccomp} : {})},
  }
}

export function adaptProcess(process: Process): Process {
  const {apparmorProfile: _profile, selinuxLabel: _label, rlimits, ...rest} = process
  return {...rest, ...(rlimits && {rlimits: rlimits.map(exactLimit)})}
}

/** Infinity was rounded when it was read. */
function exactLimit({type, soft, hard}: Rlimit): Rlimit {
  const exact = (value: number) => (isInfiniteLimit(value) ? infiniteLimit() : value)
  return {type, soft: exact(soft), hard: exact(hard)}
}

function adaptLinux(linux: Linux, view: GuestView): Linux {
  const {mountLabel: _label, intelRdt: _rdt, cgroupsPath: _path, seccomp: _seccomp, sysctl, ...rest} = linux
  return {
    ...rest,
    ...(sysctl ? {sysctl: containerSysctls(sysctl)} : {}),
    namespaces: adaptNamespaces(linux.namespaces ?? [], view),
    devices: linux.devices?.flatMap((device) => guestDevice(device, view)),
    resources: {...adaptResources(linux.resources ?? {}), ...adaptDeviceRules(linux, view)},
  }
}

/** The numbers of a disk that is not the guest's could be those of another one there. */
function guestDevice(device: Device, {blockDevices}: GuestView): Device[] {
  const numbers = blockDevices[device.path]
  if (device.type === 'b' && !numbers) return []
  return [{...device, ...numbers}]
}

/** Rules about a block device that was attached speak of the guest's numbers. */
function adaptDeviceRules({devices, resources}: Linux, view: GuestView): Pick<Resources, 'devices'> {
  if (!resources?.devices) return {}
  const blocks = devices?.filter(({type}) => type === 'b') ?? []
  return {
    devices: resources.devices.map((rule) => {
      const device = blocks.find(({major, minor}) => rule.type === 'b' && rule.major === major && rule.minor === minor)
      return {...rule, ...(device ? view.blockDevices[device.path] : {})}
    }),
  }
}

/** The guest's network is the sandbox's: no namespace below it, so its sysctls are set for the guest as a whole. */
export function sandboxSysctls(spec: Spec): Record<string, string> {
  return Object.fromEntries(Object.entries(spec.linux?.sysctl ?? {}).filter(([name]) => name.startsWith('net.')))
}

function containerSysctls(sysctl: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(sysctl).filter(([name]) => !name.startsWith('net.')))
}

function adaptNamespaces(namespaces: readonly Namespace[], view: GuestView): Namespace[] {
  return namespaces
    .filter(({type}) => type !== 'network')
    .map((namespace) => {
      const path = namespace.path === undefined ? undefined : view.namespacePath(namespace)
      return path === undefined ? {type: namespace.type} : {type: namespace.type, path}
    })
}

/**
 * Numbers of the host's CPUs, disks and network classes mean nothing in the guest: they are applied to QEMU's cgroup.
 * Kernel memory and real-time limits have no counterpart in cgroup v2, which the guest has.
 */
export function adaptResources(resources: Resources): Resources {
  const {blockIO, network: _network, rdma: _rdma, hugepageLimits: _huge, memory, cpu, ...rest} = resources
  const weight = blockIO?.weight === undefined ? {} : {blockIO: {weight: blockIO.weight}}
  return {
    ...rest,
    ...weight,
    ...(memory
      ? {memory: pick(memory, ['limit', 'reservation', 'swap', 'disableOOMKiller', 'checkBeforeUpdate'])}
      : {}),
    ...(cpu ? {cpu: pick(cpu, ['shares', 'quota', 'burst', 'period', 'idle'])} : {}),
  }
}

function pick<T extends object, K extends keyof T>(object: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]]]))) as Pick<
    T,
    K
  >
}
