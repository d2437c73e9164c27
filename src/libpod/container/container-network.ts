import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {
  addressesOf,
  type ContainerNetwork,
  type NetworkConnection,
  type SlirpOptions,
  slirpAddresses,
} from '../../network/index.ts'
import type {NetworkFacts} from '../../oci/spec/index.ts'
import type {ContainerConfig, NetworkAttachment} from '../define/container-config.ts'
import type {HeldContainer} from './held-container.ts'
import {sharedContainer} from './shared-container.ts'

/** Takes addresses and makes the namespace, when the container has networks of its own. */
export function prepareNetwork(
  {engine, config}: HeldContainer,
  attachments = config.network.attachments,
): ContainerNetwork | undefined {
  const {slirp} = config.network
  if (attachments.length === 0 && !slirp) return undefined
  return engine.networks.containers.prepare({
    containerID: config.id,
    containerName: config.name,
    hostname: config.hostname.effective || config.hostname.requested,
    connections: Object.fromEntries(attachments.map((attachment, index) => connection(config, attachment, index))),
    ports: config.ports.map(({hostIP, hostPort, containerPort, range, protocol}) => ({
      ...{host_ip: hostIP, host_port: hostPort, container_port: containerPort, range, protocol},
    })),
    dnsServers: config.dns.servers.filter((server) => server !== 'none'),
    ...(slirp && {slirp}),
  })
}

/** What the container's files say of its network. */
export function networkFacts(held: HeldContainer, network: ContainerNetwork | undefined): NetworkFacts {
  const {hostContainersInternalIP: configured} = held.engine.config.containers
  const facts = factsOf(held, network)
  return configured === '' ? facts : {...facts, hostAddress: configured === 'none' ? '' : configured}
}

function factsOf(held: HeldContainer, network: ContainerNetwork | undefined): NetworkFacts {
  const {namespaces} = held.config
  if (namespaces.network.mode === 'container') return sharedFacts(held, namespaces.network.container)
  if (!network) return {addresses: [], hasIPv6: false, dnsServers: [], dnsSearches: []}
  if (network.slirp) return slirpFacts(held, network.slirp.options)
  const {attachments} = held.config.network
  const dnsServers = attachments.flatMap((attachment) => dnsServersOf(network, attachment.network))
  const all = attachments.flatMap((attachment) => addressesOf(network, attachment.network))
  return {
    addresses: attachments.flatMap((attachment) => hostsEntries(held, network, attachment.network)),
    hasIPv6: all.some(({address}) => address.includes(':')),
    hostAddress: hostAddress(network),
    dnsServers,
    dnsSearches: dnsServers.length > 0 ? ['dns.podman'] : [],
  }
}

/** Its name server asks the host's, whichever these are; the host's come after it all the same, as podman writes it. */
function slirpFacts(held: HeldContainer, options: SlirpOptions): NetworkFacts {
  const {container, host, nameServer} = slirpAddresses(options)
  return {
    addresses: [{ip: container, names: ownNames(held)}],
    hasIPv6: options.ipv6,
    ...(options.hostLoopback && {hostAddress: host}),
    dnsServers: [],
    forwarder: nameServer,
    dnsSearches: [],
  }
}

/** The lines of /etc/hosts that one network brings. */
export function hostsEntries(held: HeldContainer, network: ContainerNetwork, name: string): NetworkFacts['addresses'] {
  const names = ownNames(held)
  return addressesOf(network, name).map(({address}) => ({ip: address, names}))
}

function ownNames({config}: HeldContainer): readonly string[] {
  return [config.hostname.effective || config.hostname.requested || config.id.slice(0, 12), config.name]
}

export function networkNames({input}: ContainerNetwork): readonly string[] {
  return Object.keys(input.networks)
}

/** aardvark-dns listens on the gateways of a network with names. */
export function dnsServersOf(network: ContainerNetwork, name: string): readonly string[] {
  if (!network.input.network_info[name]?.dns_enabled) return []
  return addressesOf(network, name).flatMap(({gateway}) => gateway ?? [])
}

/** The first bridge's gateway, an IPv4 one if there is any: that of a macvlan or ipvlan network is not this host. */
function hostAddress({input}: ContainerNetwork): string | undefined {
  const bridges = Object.values(input.network_info).filter(({driver}) => driver === 'bridge')
  const gateways = bridges.flatMap(({subnets}) => (subnets ?? []).flatMap(({gateway}) => gateway ?? []))
  return gateways.find((gateway) => !gateway.includes(':')) ?? gateways[0]
}

export function connection(
  config: Pick<ContainerConfig, 'id'>,
  attachment: NetworkAttachment,
  index: number,
): [string, NetworkConnection] {
  const {network, staticIPs, staticMAC, aliases, interfaceName, options} = attachment
  return [
    network,
    {
      interface_name: interfaceName ?? `eth${index}`,
      ...(staticIPs.length > 0 && {static_ips: staticIPs}),
      ...(staticMAC && {static_mac: staticMAC}),
      aliases: [...new Set([...aliases, config.id.slice(0, 12)])],
      ...(Object.keys(options).length > 0 && {options}),
    },
  ]
}

/** Containers in one network namespace see the same files. */
function sharedFacts(held: HeldContainer, other: string): NetworkFacts {
  const {bundle} = sharedContainer(held, other)
  const existing = (name: string): string | undefined =>
    existsSync(join(bundle, name)) ? join(bundle, name) : undefined
  return {
    addresses: [],
    hasIPv6: false,
    dnsServers: [],
    dnsSearches: [],
    shared: {hosts: existing('hosts'), resolvConf: existing('resolv.conf')},
  }
}
