import {contains, parseCidr} from '../cidr.ts'
import type {NetworkInput} from '../network-driver.ts'
import type {NetworkConnection, NetworkRecord} from '../network-record.ts'
import type {ParentedKind} from './parented-kinds.ts'

/** A container's place on a network that is a device of this host. */
export interface DirectNetwork {
  readonly name: string
  readonly kind: ParentedKind
  /** The one with the default route when it is not named. */
  readonly parent?: string
  readonly interfaceName: string
  readonly mac?: string
  readonly options: Readonly<Record<string, string>>
  readonly addresses: readonly DirectAddress[]
}

export interface DirectAddress {
  readonly address: string
  readonly prefix: number
  /** Nobody's on a network that leads nowhere. */
  readonly gateway?: string
}

/** Those whose addresses a DHCP server gives are netavark's, whose proxy renews them. */
export function directNetworks(input: NetworkInput): readonly DirectNetwork[] {
  return Object.entries(input.networks).flatMap(([name, connection]) => {
    const record = input.network_info[name]
    return record && isDirect(record) ? [directNetwork(record, record.driver, connection)] : []
  })
}

function isDirect(record: NetworkRecord): record is NetworkRecord & {readonly driver: ParentedKind} {
  return record.driver !== 'bridge' && record.ipam_options.driver !== 'dhcp'
}

function directNetwork(
  {name, network_interface, options = {}, internal, subnets = []}: NetworkRecord,
  kind: ParentedKind,
  {interface_name, static_mac, static_ips = []}: NetworkConnection,
): DirectNetwork {
  const addresses = subnets.flatMap(({subnet, gateway}) => {
    const {prefix} = parseCidr(subnet)
    return static_ips
      .filter((address) => contains(parseCidr(subnet), address))
      .map((address) => ({address, prefix, ...(gateway && !internal && {gateway})}))
  })
  return {
    ...{name, kind, interfaceName: interface_name, options, addresses},
    ...(network_interface && {parent: network_interface}),
    ...(static_mac && {mac: static_mac}),
  }
}
