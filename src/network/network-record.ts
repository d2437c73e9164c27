/**
 * A network as podman writes it to disk and prints it (`network inspect`), names as in its JSON. Extra fields of a
 * newer writer survive because records are changed, not rebuilt.
 * @see containers/common libnetwork/types, Network
 */
export interface NetworkRecord {
  readonly name: string
  /** 64 hex digits: sha256 of the name. */
  readonly id: string
  readonly driver: 'bridge' | 'macvlan' | 'ipvlan'
  /** The bridge, or the parent device of a macvlan or ipvlan network. */
  readonly network_interface?: string
  /** RFC 3339 with nanoseconds. */
  readonly created: string
  readonly subnets?: readonly Subnet[]
  readonly routes?: readonly Route[]
  readonly ipv6_enabled: boolean
  readonly internal: boolean
  readonly dns_enabled: boolean
  readonly network_dns_servers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, string>>
  readonly ipam_options: {readonly driver: 'host-local' | 'dhcp' | 'none'}
}

export interface Subnet {
  /** CIDR. */
  readonly subnet: string
  readonly gateway?: string
  readonly lease_range?: {readonly start_ip?: string; readonly end_ip?: string}
}

export interface Route {
  readonly destination: string
  readonly gateway: string
  readonly metric?: number
}

/** One published port. `host_port` of a range is its first. */
export interface PortMapping {
  readonly host_ip: string
  readonly container_port: number
  readonly host_port: number
  readonly range: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
}

/** How a container is connected to one network. */
export interface NetworkConnection {
  readonly interface_name: string
  readonly static_ips?: readonly string[]
  readonly static_mac?: string
  readonly aliases?: readonly string[]
  readonly options?: Readonly<Record<string, string>>
}

/** What netavark answers for one network. */
export interface NetworkStatus {
  readonly interfaces?: Readonly<Record<string, InterfaceStatus>>
  readonly dns_server_ips?: readonly string[]
  readonly dns_search_domains?: readonly string[]
}

export interface InterfaceStatus {
  readonly mac_address: string
  readonly subnets?: readonly {readonly ipnet: string; readonly gateway?: string}[]
}
