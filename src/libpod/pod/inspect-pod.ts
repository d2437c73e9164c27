import type {ContainerConfig} from '../define/container-config.ts'
import type {Engine} from '../engine.ts'
import type {Pod} from './pod.ts'

/** A pod as `pod inspect` prints it. @see podman pod inspect */
export function inspectPod(engine: Pick<Engine, 'state'>, pod: Pod): Record<string, unknown> {
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
    InfraConfig: infra ? infraConfig(infra) : null,
    SharedNamespaces: config.shared,
    NumContainers: members.length,
    Containers: members.map(({id, name, status}) => ({Id: id, Name: name, State: status})),
    LockNumber: 0,
  }
}

function infraConfig(infra: ContainerConfig): Record<string, unknown> {
  return {
    PortBindings: portBindings(infra),
    HostNetwork: infra.namespaces.network.mode === 'host',
    StaticIP: infra.network.attachments[0]?.staticIPs[0] ?? '',
    StaticMAC: infra.network.attachments[0]?.staticMAC ?? '',
    NoManageResolvConf: false,
    DNSServer: infra.dns.servers,
    DNSSearch: infra.dns.searches,
    DNSOption: infra.dns.options,
    NoManageHosts: false,
    HostAdd: null,
    Networks: infra.networks,
    NetworkOptions: null,
    pid_ns: infra.namespaces.pid.mode,
    userns: 'host',
    uts_ns: infra.namespaces.uts.mode,
  }
}

function portBindings({ports}: ContainerConfig): Record<string, unknown> {
  return Object.fromEntries(
    ports.map(({containerPort, protocol, hostIP, hostPort}) => [
      `${containerPort}/${protocol}`,
      [{HostIp: hostIP, HostPort: String(hostPort)}],
    ]),
  )
}
