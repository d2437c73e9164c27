import type {ContainerNetwork, InterfaceStatus, NetworkStatus} from '../../../network/index.ts'
import {networkID} from '../../../network/index.ts'
import type {ContainerConfig, PortMapping} from '../../define/container-config.ts'
import type {ContainerRun} from '../../define/container-run.ts'
import type {
  InspectBasicNetwork,
  InspectHostPort,
  InspectNetwork,
  InspectNetworkSettings,
} from '../../define/inspect-container.ts'
import type {Engine} from '../../engine.ts'

const noNetwork: InspectBasicNetwork = {
  EndpointID: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  MacAddress: '',
}

/** The network as podman shows it; of a container that shares another's namespace, the other's. */
export function inspectNetwork(engine: Engine, config: ContainerConfig, run: ContainerRun): InspectNetworkSettings {
  const {network} = config.namespaces
  if (network.mode === 'container') {
    const {container} = network
    return inspectNetwork(engine, engine.state.config(container), engine.state.run(container))
  }
  const record = run.resources?.network ? engine.networks.containers.find(config.id) : undefined
  const names = config.network.attachments.map((attachment) => attachment.network)
  const only = names.length === 1 ? names[0] : undefined
  const status = only !== undefined && only === engine.config.network.defaultNetwork ? record?.status[only] : undefined
  return {
    ...basics(status),
    Bridge: '',
    SandboxID: '',
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    Ports: ports(config),
    SandboxKey: sandboxKey(config, run, record?.netnsPath),
    ...(hasNetworks(config, record) && {Networks: networks(config, record?.status)}),
  }
}

/** Not in a namespace that was given, nor in one that was disconnected from all. */
function hasNetworks({namespaces, network}: ContainerConfig, record: ContainerNetwork | undefined): boolean {
  if (network.slirp) return false
  return namespaces.network.mode !== 'path' && (record === undefined || network.attachments.length > 0)
}

function networks(
  {network}: ContainerConfig,
  status: Readonly<Record<string, NetworkStatus>> | undefined,
): Record<string, InspectNetwork> {
  const fixed = {DriverOpts: null, IPAMConfig: null, Links: null}
  if (network.attachments.length === 0) return {[network.mode]: {...noNetwork, NetworkID: network.mode, ...fixed}}
  return sorted(
    network.attachments.map(({network: name, aliases}) => [
      name,
      {...basics(status?.[name]), NetworkID: networkID(name), ...fixed, ...(aliases.length > 0 && {Aliases: aliases})},
    ]),
  )
}

/** The first address of each family is the main one. */
function basics(status: NetworkStatus | undefined): InspectBasicNetwork {
  const [first] = Object.values(status?.interfaces ?? {})
  if (!first) return noNetwork
  const four = addresses(first, false)
  const six = addresses(first, true)
  const secondary = (list: typeof four) => list.slice(1).map(({ip, prefix}) => ({Addr: ip, PrefixLength: prefix}))
  return {
    EndpointID: '',
    Gateway: four[0]?.gateway ?? '',
    IPAddress: four[0]?.ip ?? '',
    IPPrefixLen: four[0]?.prefix ?? 0,
    ...(four.length > 1 && {SecondaryIPAddresses: secondary(four)}),
    IPv6Gateway: six[0]?.gateway ?? '',
    GlobalIPv6Address: six[0]?.ip ?? '',
    GlobalIPv6PrefixLen: six[0]?.prefix ?? 0,
    ...(six.length > 1 && {SecondaryIPv6Addresses: secondary(six)}),
    MacAddress: first.mac_address,
  }
}

function addresses({subnets = []}: InterfaceStatus, six: boolean): {ip: string; prefix: number; gateway?: string}[] {
  return subnets.flatMap(({ipnet, gateway}) => {
    const [ip = '', prefix = '0'] = ipnet.split('/')
    return ip.includes(':') === six ? [{ip, prefix: Number(prefix), ...(gateway && {gateway})}] : []
  })
}

function sandboxKey(config: ContainerConfig, {state}: ContainerRun, netns: string | undefined): string {
  if (netns) return netns
  return config.namespaces.network.mode === 'none' && 'pid' in state ? `/proc/${state.pid}/ns/net` : ''
}

function ports(config: ContainerConfig): Record<string, readonly InspectHostPort[] | null> {
  const bound: Record<string, readonly InspectHostPort[] | null> = portBindings(config.ports)
  if (config.network.mode !== 'host') for (const port of config.exposedPorts) bound[port] ??= null
  return sorted(Object.entries(bound))
}

/** `80/tcp` → host addresses and ports. */
export function portBindings(mappings: readonly PortMapping[]): Record<string, InspectHostPort[]> {
  const bindings: Record<string, InspectHostPort[]> = {}
  for (const {hostIP, hostPort, containerPort, range, protocol} of mappings)
    for (let offset = 0; offset < range; offset++) {
      const key = `${containerPort + offset}/${protocol}`
      bindings[key] = [...(bindings[key] ?? []), {HostIp: hostIP, HostPort: String(hostPort + offset)}]
    }
  return sorted(Object.entries(bindings))
}

/** As Go writes a map. */
function sorted<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
}
