import type {IDMap, MountTemplate, NamespaceTemplate, ResourcesTemplate} from '../../../oci/spec/index.ts'
import type {Spec} from '../../../oci/types/runtime-spec.ts'
import type {ContainerConfig} from '../../define/container-config.ts'
import type {InspectHostConfig} from '../../define/inspect-container.ts'
import type {HeldContainer} from '../held-container.ts'
import {logPath} from '../log-path.ts'
import {humanSize} from './human-size.ts'
import {inspectAnnotations} from './inspect-annotations.ts'
import {portBindings} from './inspect-network.ts'

export function inspectHostConfig(held: HeldContainer, spec: Spec | undefined): InspectHostConfig {
  const {config, engine} = held
  const {security, namespaces, process} = config
  const {userNamespace, idMappings} = userNamespaceOf(config)
  return {
    Binds: config.mounts.flatMap(bindText),
    CgroupManager: engine.config.engine.cgroupManager,
    CgroupMode: modeText(namespaces.cgroup),
    ContainerIDFile: config.cidFile ?? '',
    LogConfig: {
      Type: config.log.driver,
      Config: null,
      Path: logPath(engine, config) ?? '',
      Tag: config.log.tag,
      Size: humanSize(Math.max(0, config.log.maxSize)),
    },
    NetworkMode: config.network.mode,
    PortBindings: config.network.attachments.length > 0 || config.network.slirp ? portBindings(config.ports) : {},
    RestartPolicy: {Name: config.restartPolicy.name, MaximumRetryCount: config.restartPolicy.maximumRetries},
    AutoRemove: config.autoRemove,
    AutoRemoveImage: config.autoRemoveImage,
    Annotations: inspectAnnotations(config),
    VolumeDriver: '',
    VolumesFrom: config.volumesFrom.length > 0 ? config.volumesFrom : null,
    CapAdd: capAdd(held),
    CapDrop: capDrop(held),
    Dns: config.dns.servers,
    DnsOptions: config.dns.options,
    DnsSearch: config.dns.searches,
    ExtraHosts: config.hostsFile.extraHosts,
    HostsFile: config.hostsFile.base,
    GroupAdd: process.groupAdd,
    IpcMode: modeText(namespaces.ipc),
    Cgroup: '',
    Cgroups: config.cgroup.mode === 'disabled' ? 'disabled' : 'default',
    Links: null,
    OomScoreAdj: process.oomScoreAdj ?? 0,
    PidMode: modeText(namespaces.pid),
    Privileged: security.privileged,
    PublishAllPorts: config.publishAll,
    ReadonlyRootfs: security.readOnlyRootfs,
    SecurityOpt: securityOptions(config),
    Tmpfs: tmpfs(config.mounts),
    UTSMode: modeText(namespaces.uts),
    UsernsMode: userNamespace,
    ...(idMappings && {IDMappings: idMappings}),
    ShmSize: config.shmSizeBytes,
    Runtime: 'oci',
    ConsoleSize: [0, 0],
    Isolation: '',
    ...limits(config.resources),
    CgroupParent: config.cgroup.parent,
    Devices: security.privileged
      ? []
      : config.devices.map(({source, destination}) => ({
          ...{PathOnHost: source, PathInContainer: destination, CgroupPermissions: ''},
        })),
    DiskQuota: 0,
    KernelMemory: 0,
    ...(config.initRequested && {Init: true}),
    Ulimits: (spec?.process?.rlimits ?? process.rlimits).map(({type, soft, hard}) => ({
      Name: type,
      Soft: soft,
      Hard: hard,
    })),
    CpuCount: 0,
    CpuPercent: 0,
    IOMaximumIOps: 0,
    IOMaximumBandwidth: 0,
    CgroupConf: config.resources.unified ?? null,
    ...(config.intelRdtClosID && {IntelRdtClosID: config.intelRdtClosID}),
  }
}

function modeText(namespace: NamespaceTemplate): string {
  if (namespace.mode === 'container') return `container:${namespace.container}`
  return namespace.mode === 'path' ? `ns:${namespace.path}` : namespace.mode
}

function userNamespaceOf({namespaces: {user}}: ContainerConfig): {
  userNamespace: string
  idMappings?: {UidMap: string[]; GidMap: string[]}
} {
  if (user.mode === 'host') return {userNamespace: ''}
  if (user.mode === 'container') return {userNamespace: `container:${user.container}`}
  if (user.mode === 'path') return {userNamespace: `ns:${user.path}`}
  const text = ({containerID, hostID, size}: IDMap): string => `${containerID}:${hostID}:${size}`
  return {userNamespace: 'private', idMappings: {UidMap: user.uidMap.map(text), GidMap: user.gidMap.map(text)}}
}

function bindText(mount: MountTemplate): string[] {
  if (mount.type !== 'bind' && mount.type !== 'volume') return []
  const source = mount.type === 'bind' ? mount.source : mount.name
  const options = mount.options.length > 0 ? `:${mount.options.join(',')}` : ''
  return [`${source}:${mount.destination}${options}`]
}

function tmpfs(mounts: readonly MountTemplate[]): Record<string, string> {
  return Object.fromEntries(
    mounts.flatMap((mount) => (mount.type === 'tmpfs' ? [[mount.destination, mount.options.join(',')]] : [])),
  )
}

/** Against what a container gets by default. */
function capAdd({config: {security}, engine}: HeldContainer): string[] {
  if (security.privileged) return []
  const usual = new Set(engine.config.containers.defaultCapabilities)
  return security.capabilities.filter((name) => !usual.has(name))
}

function capDrop({config: {security}, engine}: HeldContainer): string[] {
  if (security.privileged) return []
  const has = new Set(security.capabilities)
  return engine.config.containers.defaultCapabilities.filter((name) => !has.has(name)).sort()
}

function securityOptions({security, process}: ContainerConfig): string[] {
  const rest = security.securityOpt.filter((option) => !option.startsWith('no-new-privileges'))
  return [...(process.noNewPrivileges ? ['no-new-privileges'] : []), ...rest]
}

function limits({
  memory,
  cpu,
  nanoCpus,
  pidsLimit,
  blockIO,
}: ResourcesTemplate): Pick<
  InspectHostConfig,
  | 'CpuShares'
  | 'Memory'
  | 'NanoCpus'
  | 'BlkioWeight'
  | 'BlkioWeightDevice'
  | 'BlkioDeviceReadBps'
  | 'BlkioDeviceWriteBps'
  | 'BlkioDeviceReadIOps'
  | 'BlkioDeviceWriteIOps'
  | 'CpuPeriod'
  | 'CpuQuota'
  | 'CpuRealtimePeriod'
  | 'CpuRealtimeRuntime'
  | 'CpusetCpus'
  | 'CpusetMems'
  | 'MemoryReservation'
  | 'MemorySwap'
  | 'MemorySwappiness'
  | 'OomKillDisable'
  | 'PidsLimit'
> {
  const throttle = (rates: readonly {path: string; rate: number}[] | undefined) =>
    rates?.map(({path, rate}) => ({Path: path, Rate: rate})) ?? null
  return {
    CpuShares: cpu?.shares ?? 0,
    Memory: memory?.limit ?? 0,
    NanoCpus: nanoCpus ?? (cpu?.period === 100_000 ? 10_000 * (cpu.quota ?? 0) : 0),
    BlkioWeight: blockIO?.weight ?? 0,
    BlkioWeightDevice: blockIO?.weightDevice.map(({path, weight}) => ({Path: path, Weight: weight})) ?? null,
    BlkioDeviceReadBps: throttle(blockIO?.readBps),
    BlkioDeviceWriteBps: throttle(blockIO?.writeBps),
    BlkioDeviceReadIOps: throttle(blockIO?.readIOps),
    BlkioDeviceWriteIOps: throttle(blockIO?.writeIOps),
    CpuPeriod: cpu?.period ?? 0,
    CpuQuota: cpu?.quota ?? 0,
    CpuRealtimePeriod: cpu?.realtimePeriod ?? 0,
    CpuRealtimeRuntime: cpu?.realtimeRuntime ?? 0,
    CpusetCpus: cpu?.cpus ?? '',
    CpusetMems: cpu?.mems ?? '',
    MemoryReservation: memory?.reservation ?? 0,
    MemorySwap: memory?.swap ?? 0,
    MemorySwappiness: memory ? (memory.swappiness ?? -1) : 0,
    OomKillDisable: memory?.disableOOMKiller ?? false,
    PidsLimit: pidsLimit ?? 0,
  }
}
