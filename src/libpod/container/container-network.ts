import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {addressesOf, type ContainerNetwork, type NetworkConnection} from '../../network/index.ts'
import type {NetworkFacts} from '../../oci/spec/index.ts'
import type {ContainerConfig, NetworkAttachment} from '../define/container-config.ts'
import type {HeldContainer} from './held-container.ts'
import {sharedContainer} from './shared-container.ts'

/** Takes addresses and makes the namespace, when the container has networks of its own. */
export function prepareNetwork({engine, config}: HeldContainer): ContainerNetwork | undefined {
  const {attachments} = config.network
  if (attachments.length === 0) return undefined
  return engine.networks.containers.prepare({
    containerID: config.id,
    containerName: config.name,
    hostname: config.hostname.effective || config.hostname.requested,
    connections: Object.fromEntries(attachments.map((attachment, index) => connection(config, attachment, index))),
    ports: config.ports.map(({hostIP, hostPort, containerPort, range, protocol}) => ({
      ...{host_ip: hostIP, host_port: hostPort, container_port: containerPort, range, protocol},
    })),
    dnsServers: config.dns.servers,
  })
}

/** What the container's files say of its network. */
export function networkFacts(held: HeldContainer, network: ContainerNetwork | undefined): NetworkFacts {
  const {namespaces} = held.config
  if (namespaces.network.mode === 'container') return sharedFacts(held, namespaces.network.container)
  if (!network) return {addresses: [], dnsServers: [], dnsSearches: []}
  const {config} = held
  const names = [config.hostname.effective || config.hostname.requested || config.id.slice(0, 12), config.name]
  const all = config.network.attachments.flatMap((attachment) => addressesOf(network, attachment.network))
  const resolving = config.network.attachments.some(
    (attachment) => network.input.network_info[attachment.network]?.dns_enabled,
  )
  const gateways = all.flatMap(({gateway}) => (gateway ? [gateway] : []))
  return {
    addresses: all.map(({address}) => ({ip: address, names})),
    hostAddress: gateways[0],
    dnsServers: resolving ? [...new Set(gateways)] : [],
    dnsSearches: resolving ? ['dns.podman'] : [],
  }
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
      aliases: [...aliases, config.id.slice(0, 12)],
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
    dnsServers: [],
    dnsSearches: [],
    shared: {hosts: existing('hosts'), resolvConf: existing('resolv.conf')},
  }
}
