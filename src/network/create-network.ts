import {networkInterfaces} from 'node:os'
import {EngineError} from '../errors/index.ts'
import {canonicalAddress, contains, parseCidr, toAddress} from './cidr.ts'
import {
  freeIPv4Subnet,
  freeIPv6Subnet,
  requireUnused,
  type SubnetPool,
  usedSubnets,
  withGateway,
} from './free-subnet.ts'
import type {NetworkRecord, Route, Subnet} from './network-record.ts'
import {networkID} from './network-store.ts'

/** What the user asks of a new network; all optional. Addresses and CIDRs as typed. */
export interface NetworkRequest {
  readonly name?: string
  readonly driver?: string
  readonly interfaceName?: string
  readonly subnets?: readonly {readonly subnet: string; readonly gateway?: string; readonly ipRange?: string}[]
  readonly ipv6?: boolean
  readonly internal?: boolean
  readonly disableDNS?: boolean
  readonly dnsServers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, string>>
  readonly ipamDriver?: string
  readonly routes?: readonly string[]
}

const BRIDGE_OPTIONS = ['mtu', 'vlan', 'isolate', 'metric', 'vrf', 'no_default_route', 'mode']
const PARENT_OPTIONS = ['mtu', 'mode', 'parent', 'metric', 'no_default_route', 'bclim']
const DOCKER_OPTIONS: Readonly<Record<string, string>> = {'com.docker.network.driver.mtu': 'mtu'}

/**
 * The record of a new network: the request checked, the rest chosen beside what exists. Pure but for a look at the
 * host's interfaces. The caller holds the store's lock.
 * @throws ERR_INVALID_ARG, ERR_REFUSED in podman's words
 */
export function makeNetwork(
  request: NetworkRequest,
  existing: readonly NetworkRecord[],
  pools: readonly SubnetPool[],
): NetworkRecord {
  const driver = checkDriver(request.driver ?? 'bridge')
  const name = request.name ?? freeName(existing)
  checkName(name)
  const ipam = checkIpam(request, driver)
  const subnets = ipam === 'host-local' ? chooseSubnets(request, existing, pools) : []
  const {bridgeName, options} = splitOptions(request.options ?? {}, driver)
  const device = request.interfaceName ?? bridgeName ?? options.parent
  const {parent: _, ...rest} = options
  return {
    name,
    id: networkID(name),
    driver,
    network_interface: driver === 'bridge' ? bridgeInterface(device, existing) : device,
    created: new Date().toISOString().replace('Z', '000000Z'),
    subnets,
    ...(request.routes?.length ? {routes: request.routes.map((route) => parseRoute(route, subnets))} : {}),
    ipv6_enabled: subnets.some(({subnet}) => subnet.includes(':')),
    internal: request.internal ?? false,
    dns_enabled: driver === 'bridge' && !request.disableDNS && ipam === 'host-local',
    ...(request.dnsServers?.length ? {network_dns_servers: request.dnsServers.map(canonicalAddress)} : {}),
    ...(Object.keys(request.labels ?? {}).length ? {labels: request.labels} : {}),
    ...(Object.keys(rest).length ? {options: rest} : {}),
    ipam_options: {driver: ipam},
  }
}

function checkDriver(driver: string): NetworkRecord['driver'] {
  if (driver === 'bridge' || driver === 'macvlan' || driver === 'ipvlan') return driver
  throw new EngineError('ERR_INVALID_ARG', `unsupported driver ${driver}`)
}

function checkName(name: string): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)) return
  const rule = 'names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*'
  throw new EngineError('ERR_INVALID_ARG', `network name ${name} invalid: ${rule}`)
}

function checkIpam(request: NetworkRequest, driver: string): NetworkRecord['ipam_options']['driver'] {
  const ipam = request.ipamDriver || (driver !== 'bridge' && !request.subnets?.length ? 'dhcp' : 'host-local')
  if (ipam !== 'host-local' && ipam !== 'dhcp' && ipam !== 'none')
    throw new EngineError('ERR_REFUSED', `unsupported ipam driver "${ipam}"`)
  if (ipam !== 'host-local' && request.subnets?.length)
    throw new EngineError('ERR_REFUSED', `ipam driver ${ipam} set but subnets are set`)
  if (ipam === 'dhcp' && driver === 'bridge')
    throw new EngineError('ERR_NOT_SUPPORTED', 'ipam driver dhcp on a bridge network')
  return ipam
}

function chooseSubnets(
  request: NetworkRequest,
  existing: readonly NetworkRecord[],
  pools: readonly SubnetPool[],
): readonly Subnet[] {
  const used = usedSubnets(existing)
  const given = (request.subnets ?? []).map((wish) => {
    const cidr = parseCidr(wish.subnet)
    requireUnused(cidr, used)
    return checkedSubnet(wish, request.internal ?? false)
  })
  const has4 = given.some(({subnet}) => !subnet.includes(':'))
  const has6 = given.some(({subnet}) => subnet.includes(':'))
  const added4 =
    !has4 && (given.length === 0 || request.ipv6) && !(has6 && given.length > 0) ? [freeIPv4Subnet(pools, used)] : []
  return [...given, ...added4, ...(request.ipv6 && !has6 ? [freeIPv6Subnet(used)] : [])]
}

function checkedSubnet(wish: NonNullable<NetworkRequest['subnets']>[number], internal: boolean): Subnet {
  const cidr = parseCidr(wish.subnet)
  const chosen = withGateway(cidr)
  const gateway = wish.gateway ? canonicalAddress(wish.gateway) : internal ? undefined : chosen.gateway
  if (gateway && !contains(cidr, gateway))
    throw new EngineError('ERR_REFUSED', `gateway ${gateway} not in subnet ${chosen.subnet}`)
  return {
    subnet: chosen.subnet,
    ...(gateway ? {gateway} : {}),
    ...(wish.ipRange ? {lease_range: leaseRange(wish.ipRange, chosen.subnet)} : {}),
  }
}

/** `--ip-range` is a CIDR or `FIRST-LAST`. */
function leaseRange(text: string, subnet: string): NonNullable<Subnet['lease_range']> {
  const inside = parseCidr(subnet)
  const [start_ip = '', end_ip = ''] = text.includes('-') ? text.split('-').map(canonicalAddress) : cidrEnds(text)
  for (const address of [start_ip, end_ip])
    if (!contains(inside, address)) throw new EngineError('ERR_REFUSED', `ip-range ${text} not in subnet ${subnet}`)
  return {start_ip, end_ip}
}

function cidrEnds(text: string): readonly [string, string] {
  const {first, last, bits} = parseCidr(text)
  return [toAddress(first + 1n, bits), toAddress(bits === 32 ? last - 1n : last, bits)]
}

function splitOptions(given: Readonly<Record<string, string>>, driver: string) {
  const options: Record<string, string> = {}
  let bridgeName: string | undefined
  for (const [key, value] of Object.entries(given)) {
    const name = DOCKER_OPTIONS[key] ?? key
    if (name === 'com.docker.network.bridge.name') bridgeName = value
    else if (!(driver === 'bridge' ? BRIDGE_OPTIONS : PARENT_OPTIONS).includes(name))
      throw new EngineError('ERR_REFUSED', `unsupported ${driver} network option ${key}`)
    else options[name] = checkOption(name, value)
  }
  return {bridgeName, options}
}

function checkOption(name: string, value: string): string {
  if ((name === 'mtu' || name === 'vlan' || name === 'metric') && !/^\d+$/.test(value))
    throw new EngineError('ERR_REFUSED', `strconv.Atoi: parsing "${value}": invalid syntax`)
  if (name === 'vlan' && Number(value) > 4094)
    throw new EngineError('ERR_REFUSED', `vlan ID ${value} must be between 0 and 4094`)
  return value
}

/** The bridge's name: the given one, if free, or the first free `berthN`. */
function bridgeInterface(wish: string | undefined, existing: readonly NetworkRecord[]): string {
  const taken = new Set([
    ...existing.map(({network_interface}) => network_interface),
    ...Object.keys(networkInterfaces()),
  ])
  if (wish && existing.some(({network_interface}) => network_interface === wish))
    throw new EngineError('ERR_REFUSED', `bridge name ${wish} already in use`)
  if (wish) return wish
  for (let number = 1; ; number++) if (!taken.has(`berth${number}`)) return `berth${number}`
}

function freeName(existing: readonly NetworkRecord[]): string {
  for (let number = 1; ; number++) if (!existing.some(({name}) => name === `berth${number}`)) return `berth${number}`
}

/** `DESTINATION-CIDR,GATEWAY[,METRIC]` */
function parseRoute(text: string, subnets: readonly Subnet[]): Route {
  const [destination = '', gateway = '', metric, ...more] = text.split(',')
  if (!gateway || more.length > 0) throw new EngineError('ERR_REFUSED', `invalid route: ${text}`)
  parseCidr(destination)
  if (!subnets.some(({subnet}) => contains(parseCidr(subnet), gateway)))
    throw new EngineError('ERR_REFUSED', `route gateway ${gateway} is not in a subnet of the network`)
  if (metric !== undefined && !/^\d+$/.test(metric))
    throw new EngineError('ERR_REFUSED', `invalid route metric ${metric}`)
  return {destination, gateway: canonicalAddress(gateway), ...(metric ? {metric: Number(metric)} : {})}
}
