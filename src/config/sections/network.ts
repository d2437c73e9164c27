import {join} from 'node:path'
import type {NetworkSection} from '../engine-config.ts'
import type {ValueReader} from '../value-reader.ts'

export const networkDefaults = {
  netavark_plugin_dirs: [
    '/usr/local/libexec/netavark',
    '/usr/libexec/netavark',
    '/usr/local/lib/netavark',
    '/usr/lib/netavark',
  ],
  default_subnet_pools: [
    {base: '10.89.0.0/16', size: 24},
    {base: '10.90.0.0/15', size: 24},
    {base: '10.92.0.0/14', size: 24},
    {base: '10.96.0.0/11', size: 24},
    {base: '10.128.0.0/9', size: 24},
  ],
}

export interface NetworkPaths {
  readonly rootless: boolean
  readonly root: string
}

export function networkSection(read: ValueReader, paths: NetworkPaths): NetworkSection {
  return {
    backend: read.choice('network_backend', ['netavark'], 'netavark'),
    firewallDriver: read.string('firewall_driver', ''),
    defaultNetwork: read.string('default_network', 'berth'),
    // Not podman's 10.88.0.0/16: on a host with both, two bridges of one subnet would cut each other off.
    defaultSubnet: read.string('default_subnet', '10.86.0.0/16'),
    defaultSubnetPools: subnetPools(read),
    defaultRootlessCommand: read.choice('default_rootless_network_cmd', ['pasta', 'slirp4netns'], 'pasta'),
    configDir: read.string('network_config_dir', join(paths.root, 'networks')),
    dnsBindPort: read.integer('dns_bind_port', 0),
  }
}

function subnetPools(read: ValueReader): NetworkSection['defaultSubnetPools'] {
  const pools = read.raw('default_subnet_pools')
  if (Array.isArray(pools) && pools.every(isPool)) return pools
  return read.fail('default_subnet_pools', 'a list of {base = "SUBNET", size = PREFIX}')
}

function isPool(value: unknown): value is {base: string; size: number} {
  if (typeof value !== 'object' || value === null) return false
  const pool = value as Record<string, unknown>
  return typeof pool.base === 'string' && typeof pool.size === 'number'
}
