import {type GoType, goTypes} from '../template/index.ts'

const {flag, map, number, slice, struct, text, time} = goTypes

const fields = {
  ...{Name: text, ID: text, Driver: text, NetworkInterface: text, Created: time, IPv6Enabled: flag, Internal: flag},
  ...{DNSEnabled: flag, NetworkDNSServers: slice, Labels: map, Options: map, IPAMOptions: map, Containers: map},
  Subnets: {
    kind: 'slice',
    element: struct({Subnet: text, Gateway: text, LeaseRange: struct({}, '*types.LeaseRange')}, undefined, {
      ...{Subnet: 'subnet', Gateway: 'gateway', LeaseRange: 'lease_range'},
    }),
  } as const satisfies GoType,
  Routes: {
    kind: 'slice',
    element: struct({Destination: text, Gateway: text, Metric: number}, undefined, {
      ...{Destination: 'destination', Gateway: 'gateway', Metric: 'metric'},
    }),
  } as const satisfies GoType,
}

const keys = {
  ...{Name: 'name', ID: 'id', Driver: 'driver', NetworkInterface: 'network_interface', Created: 'created'},
  ...{Subnets: 'subnets', Routes: 'routes', IPv6Enabled: 'ipv6_enabled', Internal: 'internal'},
  ...{DNSEnabled: 'dns_enabled', NetworkDNSServers: 'network_dns_servers', Labels: 'labels', Options: 'options'},
  ...{IPAMOptions: 'ipam_options', Containers: 'containers'},
}

export const inspectNetworkType: GoType = struct(fields, 'interface {}', keys)

/** A row of `network ls`, whose labels are one text. */
export const listedNetworkType: GoType = struct({...fields, Labels: text}, 'network.ListPrintReports', keys)
