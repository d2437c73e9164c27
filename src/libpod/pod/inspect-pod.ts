import {inspectMounts} from '../container/inspect/inspect-mounts.ts'
import type {ContainerConfig, RestartPolicy} from '../define/container-config.ts'
import type {PodConfig} from '../define/pod.ts'
import type {Engine} from '../engine.ts'
import type {Pod} from './pod.ts'

/** A pod as `pod inspect` prints it. @see podman pod inspect */
export function inspectPod(engine: Pick<Engine, 'state' | 'volumes'>, pod: Pod): Record<string, unknown> {
  const {config} = pod
  const members = pod.members()
  const infra = config.infraID === undefined ? undefined : engine.state.config(config.infraID)
  return {
    Id: config.id,
    Name: config.name,
    Created: config.createdAt,
    ...(config.createCommand && {CreateCommand: config.createCommand}),
    ExitPolicy: config.exitPolicy,
    State: pod.status(),
    Hostname: config.hostname,
    ...(Object.keys(config.labels).length > 0 && {Labels: config.labels}),
    CreateCgroup: config.cgroupPath !== '',
    CgroupParent: config.cgroupParent,
    CgroupPath: config.cgroupPath,
    CreateInfra: config.infraID !== undefined,
    InfraContainerID: config.infraID ?? '',
    InfraConfig: infra ? infraConfig(config, infra) : null,
    // podman does not count the user namespace among them.
    SharedNamespaces: config.shared.filter((kind) => kind !== 'user'),
    NumContainers: members.length,
    Containers: members.map(({id, name, status}) => ({Id: id, Name: name, State: status})),
    ...limits(config),
    ...(infra && hardware(engine, infra)),
    ...(config.restartPolicy && {RestartPolicy: restartText(config.restartPolicy)}),
    LockNumber: 0,
  }
}

function infraConfig(pod: PodConfig, infra: ContainerConfig): Record<string, unknown> {
  const {cpu = {}} = pod.resources ?? {}
  return {
    PortBindings: portBindings(infra),
    HostNetwork: infra.namespaces.network.mode === 'host',
    StaticIP: infra.network.attachments[0]?.staticIPs[0] ?? '',
    StaticMAC: infra.network.attachments[0]?.staticMAC ?? '',
    NoManageResolvConf: false,
    DNSServer: orNull(infra.dns.servers),
    DNSSearch: orNull(infra.dns.searches),
    DNSOption: orNull(infra.dns.options),
    NoManageHosts: false,
    HostAdd: null,
    Networks: infra.networks.length > 0 ? infra.networks : null,
    NetworkOptions: null,
    ...(cpu.period && {cpu_period: cpu.period}),
    ...(cpu.quota && {cpu_quota: cpu.quota}),
    ...(cpu.cpus && {cpuset_cpus: cpu.cpus}),
    pid_ns: infra.namespaces.pid.mode,
    userns: infra.namespaces.user.mode,
    uts_ns: infra.namespaces.uts.mode,
  }
}

function limits({resources = {}}: PodConfig): Record<string, unknown> {
  const {memory = {}, cpu = {}, blockIO} = resources
  return {
    ...(cpu.period && {cpu_period: cpu.period}),
    ...(cpu.quota && {cpu_quota: cpu.quota}),
    ...(cpu.shares && {cpu_shares: cpu.shares}),
    ...(cpu.cpus && {cpuset_cpus: cpu.cpus}),
    ...(cpu.mems && {cpuset_mems: cpu.mems}),
    ...(memory.limit && {memory_limit: memory.limit}),
    ...(memory.swap && {memory_swap: memory.swap}),
    ...(blockIO?.weight && {blkio_weight: blockIO.weight}),
    ...named('blkio_weight_device', blockIO?.weightDevice, ({path, weight}) => ({Path: path, Weight: weight})),
    ...named('device_read_bps', blockIO?.readBps, ({path, rate}) => ({Path: path, Rate: rate})),
    ...named('device_write_bps', blockIO?.writeBps, ({path, rate}) => ({Path: path, Rate: rate})),
  }
}

/** What the pod's containers have from it. */
function hardware(engine: Pick<Engine, 'volumes'>, infra: ContainerConfig): Record<string, unknown> {
  const {devices, volumesFrom, security, process} = infra
  const options = [...(process.noNewPrivileges ? ['no-new-privileges'] : []), ...security.securityOpt]
  return {
    ...named('mounts', inspectMounts({config: infra, engine}), (mount) => mount),
    ...named('devices', devices, ({source, destination, permissions}) => ({
      ...{PathOnHost: source, PathInContainer: destination, CgroupPermissions: permissions},
    })),
    ...named('volumes_from', volumesFrom, (word) => word),
    ...named('security_opt', [...new Set(options)], (word) => word),
  }
}

/** Left out when there is none, as podman does. */
function named<T>(key: string, values: readonly T[] = [], show: (value: T) => unknown): Record<string, unknown> {
  return values.length > 0 ? {[key]: values.map(show)} : {}
}

function orNull<T>(values: readonly T[]): readonly T[] | null {
  return values.length > 0 ? values : null
}

function restartText({name, maximumRetries}: RestartPolicy): string {
  return maximumRetries > 0 ? `${name}:${maximumRetries}` : name
}

function portBindings({ports}: ContainerConfig): Record<string, unknown> {
  return Object.fromEntries(
    ports.map(({containerPort, protocol, hostIP, hostPort}) => [
      `${containerPort}/${protocol}`,
      [{HostIp: hostIP, HostPort: String(hostPort)}],
    ]),
  )
}
