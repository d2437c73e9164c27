import {existsSync} from 'node:fs'
import {parseCidr} from '../cidr.ts'
import type {NetworkInput} from '../network-driver.ts'
import type {NetworkConnection, NetworkRecord, PortMapping} from '../network-record.ts'

/** One network of a container, with all that is needed to make it. */
export interface PlainNetwork {
  readonly name: string
  readonly bridge: string
  /** CIDR. */
  readonly subnet: string
  readonly prefix: number
  readonly gateway: string
  readonly address: string
  readonly mac: string
  readonly interfaceName: string
  /** Names that are answered for the container; absent on a network without names. */
  readonly names?: readonly string[]
  /** Servers that are asked for other names, when the network has its own. */
  readonly networkServers: readonly string[]
}

/** firewalld has to be told of each network: netavark does so. */
const FIREWALLD = ['/usr/sbin/firewalld', '/usr/bin/firewalld']

/** What netavark would make of this machine's usual means: bridges, and rules of iptables. */
export function isPlainHost(): boolean {
  const {NETAVARK_FW: firewall = 'iptables'} = process.env
  return firewall === 'iptables' && !FIREWALLD.some((path) => existsSync(path))
}

/**
 * The container's networks when all are what most are: a bridge with one IPv4 subnet, without options. Undefined for
 * everything else, which is netavark's.
 */
export function plainNetworks(input: NetworkInput): readonly PlainNetwork[] | undefined {
  if (!(input.port_mappings ?? []).every(isPlainPort)) return undefined
  const networks = Object.entries(input.networks).map(([name, connection]) => {
    const record = input.network_info[name]
    return record && plainNetwork(input, record, connection)
  })
  return networks.every((network) => network !== undefined) ? networks : undefined
}

function plainNetwork(
  input: NetworkInput,
  record: NetworkRecord,
  connection: NetworkConnection,
): PlainNetwork | undefined {
  const [subnet, ...otherSubnets] = record.subnets ?? []
  const [address, ...otherAddresses] = connection.static_ips ?? []
  const {network_interface: bridge, name, driver, internal, ipam_options} = record
  if (driver !== 'bridge' || internal || ipam_options.driver !== 'host-local' || !bridge) return undefined
  if (!isEmpty(record.options) || !isEmpty(connection.options) || (record.routes ?? []).length > 0) return undefined
  if (!subnet?.gateway || otherSubnets.length > 0 || subnet.subnet.includes(':')) return undefined
  if (!address || otherAddresses.length > 0 || !connection.static_mac) return undefined
  return {
    ...{name, bridge, address, subnet: subnet.subnet, gateway: subnet.gateway},
    ...{prefix: parseCidr(subnet.subnet).prefix, mac: connection.static_mac, interfaceName: connection.interface_name},
    ...(record.dns_enabled && {names: [input.container_name, ...(connection.aliases ?? [])]}),
    networkServers: record.network_dns_servers ?? [],
  }
}

function isPlainPort({host_ip, protocol, range}: PortMapping): boolean {
  return protocol !== 'sctp' && range > 0 && (host_ip === '' || (/^[\d.]+$/.test(host_ip) && host_ip !== '0.0.0.0'))
}

function isEmpty(options: Readonly<Record<string, string>> | undefined): boolean {
  return Object.keys(options ?? {}).length === 0
}
