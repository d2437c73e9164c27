import {EngineError} from '../errors/index.ts'
import {type SubnetWish, wishedSubnets, withMissingSubnets} from './choose-subnets.ts'
import {addressBits, type Cidr, canonicalAddress, parseCidr} from './cidr.ts'
import {type DriverOptions, driverOptions} from './driver-options.ts'
import {type SubnetPool, subnetsOf} from './free-subnet.ts'
import type {HostInterfaces} from './host-interfaces.ts'
import type {NetworkRecord, Subnet} from './network-record.ts'
import {networkID} from './network-store.ts'
import {parseRoute} from './parse-route.ts'

/** What the user asks of a new network; all optional. Addresses and CIDRs as typed. */
export interface NetworkRequest {
  readonly name?: string
  readonly driver?: string
  readonly interfaceName?: string
  readonly subnets?: readonly SubnetWish[]
  readonly ipv6?: boolean
  readonly internal?: boolean
  readonly disableDNS?: boolean
  readonly dnsServers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, string>>
  readonly ipamDriver?: string
  readonly routes?: readonly string[]
}

/** What a new network is chosen beside. */
export interface NetworkSurroundings {
  readonly existing: readonly NetworkRecord[]
  readonly pools: readonly SubnetPool[]
  readonly host: HostInterfaces
}

type Driver = NetworkRecord['driver']
type IpamDriver = NetworkRecord['ipam_options']['driver']

/** Words that `--network` understands otherwise. */
const MODES = ['none', 'host', 'bridge', 'private', 'slirp4netns', 'pasta', 'container', 'ns', 'default']

/**
 * The record of a new network: the request checked, the rest chosen beside what exists. The caller holds the store's lock.
 * @throws ERR_INVALID_ARG, ERR_REFUSED, ERR_NETWORK_EXISTS in podman's words
 */
export function makeNetwork(request: NetworkRequest, surroundings: NetworkSurroundings): NetworkRecord {
  const driver = checkDriver(request.driver ?? 'bridge')
  const name = request.name ?? freeName(surroundings)
  checkName(name, surroundings.existing)
  const ipam = ipamDriver(request, driver)
  const chosen = driverOptions(request.options ?? {}, driver)
  const device = checkDevice(chosen.device ?? request.interfaceName)
  const dns_enabled = driver === 'bridge' && !request.disableDNS && ipam !== 'none'
  const subnets = chooseSubnets(request, {driver, ipam, chosen, dns: dns_enabled}, surroundings)
  return {
    name,
    id: networkID(name),
    driver,
    network_interface:
      driver === 'bridge'
        ? bridge(device, request.name ? undefined : name, surroundings, chosen)
        : parent(device, surroundings),
    created: new Date().toISOString().replace('Z', '000000Z'),
    ...(subnets.length > 0 && {subnets}),
    ...(request.routes?.length && {routes: request.routes.map(parseRoute)}),
    ipv6_enabled: (request.ipv6 ?? false) || subnets.some(({subnet}) => parseCidr(subnet).bits === 128),
    internal: request.internal ?? false,
    dns_enabled,
    ...(request.dnsServers?.length && {network_dns_servers: dnsServers(request.dnsServers, dns_enabled)}),
    ...(Object.keys(request.labels ?? {}).length > 0 && {labels: request.labels}),
    ...(Object.keys(chosen.options).length > 0 && {options: chosen.options}),
    ipam_options: {driver: ipam},
  }
}

function checkDriver(driver: string): Driver {
  if (driver === 'bridge' || driver === 'macvlan' || driver === 'ipvlan') return driver
  throw invalid(`unsupported driver ${driver}`)
}

function checkName(name: string, existing: readonly NetworkRecord[]): void {
  if (MODES.includes(name))
    throw refusal(`cannot create network with name "${name}" because it conflicts with a valid network mode`)
  if (!NAME.test(name)) throw invalid(`network name ${name} invalid: ${NAME_RULE}`)
  if (existing.some((record) => record.name === name))
    throw new EngineError('ERR_NETWORK_EXISTS', `network name ${name} already used`)
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/
const NAME_RULE = 'names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*'

function ipamDriver({ipamDriver: asked, subnets = []}: NetworkRequest, driver: Driver): IpamDriver {
  const has = subnets.length > 0
  const ipam = asked || (driver === 'bridge' || has ? 'host-local' : 'dhcp')
  if (ipam !== 'host-local' && ipam !== 'dhcp' && ipam !== 'none') throw refusal(`unsupported ipam driver "${ipam}"`)
  if (ipam === 'none' && has) throw refusal('none ipam driver is set but subnets are given')
  if (ipam === 'dhcp' && driver === 'ipvlan') throw refusal('ipam driver dhcp is not supported with ipvlan')
  if (ipam === 'dhcp' && has) throw refusal('ipam driver dhcp set but subnets are set')
  if (ipam === 'dhcp' && driver === 'bridge')
    throw new EngineError('ERR_NOT_SUPPORTED', 'ipam driver dhcp on a bridge network')
  if (ipam === 'host-local' && driver !== 'bridge' && !has)
    throw refusal(`${driver} driver needs at least one subnet specified when the host-local ipam driver is set`)
  return ipam
}

interface Kind {
  readonly driver: Driver
  readonly ipam: IpamDriver
  readonly chosen: DriverOptions
  readonly dns: boolean
}

/** Only a bridge of our own makes its subnet the host's: elsewhere it may well be there already. */
function chooseSubnets(
  request: NetworkRequest,
  {driver, ipam, chosen, dns}: Kind,
  {existing, pools, host}: NetworkSurroundings,
): readonly Subnet[] {
  if (ipam !== 'host-local') return []
  const used: readonly Cidr[] =
    driver === 'bridge' && !isShared(chosen) ? [...subnetsOf(existing), ...host.subnets] : []
  const given = wishedSubnets(request.subnets ?? [], {used, addGateway: !request.internal || dns})
  return driver === 'bridge' ? withMissingSubnets(given, request.ipv6 ?? false, used, pools) : given
}

/** Several networks may use one bridge when each has a VLAN of its own, or when somebody else looks after it. */
function isShared({options}: DriverOptions): boolean {
  return options.vlan !== undefined || options.mode === 'unmanaged'
}

/** The bridge's name: the given one, if free, else the made-up network's own, else the first free `berthN`. */
function bridge(
  wish: string | undefined,
  madeUp: string | undefined,
  surroundings: NetworkSurroundings,
  chosen: DriverOptions,
): string {
  const isTaken = surroundings.existing.some(({network_interface}) => network_interface === wish)
  if (wish && isTaken && !isShared(chosen)) throw refusal(`bridge name ${wish} already in use`)
  if (wish && !NAME.test(wish)) throw invalid(`bridge name ${wish} invalid: ${NAME_RULE}`)
  return wish ?? madeUp ?? freeName(surroundings)
}

function parent(device: string | undefined, {host}: NetworkSurroundings): string | undefined {
  if (device !== undefined && !host.names.includes(device)) throw refusal(`parent interface ${device} does not exist`)
  return device
}

/** @see include/uapi/linux/if.h, IFNAMSIZ */
function checkDevice(name: string | undefined): string | undefined {
  if (name === undefined) return undefined
  const problem =
    name.length > 15
      ? 'interface name is too long: interface names must be 15 characters or less'
      : name === '.' || name === '..'
        ? 'interface name is . or ..'
        : /[/:\s]/.test(name)
          ? 'interface name contains / or : or whitespace characters'
          : undefined
  if (problem) throw invalid(`network interface name ${name} invalid: ${problem}`)
  return name
}

/** Neither a network nor a device has it: a network without a name gives its own to its bridge. */
function freeName({existing, host}: NetworkSurroundings): string {
  const taken = new Set([...existing.flatMap(({name, network_interface}) => [name, network_interface]), ...host.names])
  for (let number = 1; ; number++) if (!taken.has(`berth${number}`)) return `berth${number}`
}

function dnsServers(servers: readonly string[], enabled: boolean): readonly string[] {
  if (!enabled) throw invalid('cannot set NetworkDNSServers if DNS is not enabled for the network')
  return servers.map((server) => {
    if (!addressBits(server)) throw invalid(`unable to parse ip ${server} specified in NetworkDNSServers`)
    return canonicalAddress(server)
  })
}

function invalid(detail: string): EngineError {
  return new EngineError('ERR_INVALID_ARG', detail)
}

function refusal(detail: string): EngineError {
  return new EngineError('ERR_REFUSED', detail)
}
