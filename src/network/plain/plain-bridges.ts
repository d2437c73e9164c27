import {closeSync, openSync} from 'node:fs'
import {EngineError, isErrno} from '../../errors/index.ts'
import {inNetworkNamespace} from '../../host/index.ts'
import {addAddress, addRoute} from '../kernel/addresses.ts'
import {inWords} from '../kernel/in-words.ts'
import {findLinksInside, linksInside} from '../kernel/inside.ts'
import {found, Links, LOOPBACK} from '../kernel/links.ts'
import {setKernel} from '../kernel/settings.ts'
import type {NameServer} from '../name-server.ts'
import type {NetworkDriver, NetworkInput} from '../network-driver.ts'
import type {NetworkStatus} from '../network-record.ts'
import type {Firewall} from './firewall.ts'
import type {KnownNetavark} from './known-netavark.ts'

import {type PlainNetwork, plainNetworks} from './plain-input.ts'
import {commonRules, networkRules, portRules, type RuleSet} from './rules.ts'

const METRIC = 100

/**
 * Plain bridges, made with the kernel's own messages and one transaction of rules, and the same as netavark's, which makes
 * all others: containers of both lie on one bridge, and either takes down what the other made.
 */
export class PlainBridges implements NetworkDriver {
  readonly #firewall: Firewall
  readonly #names: NameServer
  readonly #netavark: NetworkDriver
  readonly #known: KnownNetavark

  /** @param known whether this netavark's rules are the ones made here */
  constructor(firewall: Firewall, names: NameServer, netavark: NetworkDriver, known: KnownNetavark) {
    this.#firewall = firewall
    this.#names = names
    this.#netavark = netavark
    this.#known = known
  }

  async setUp(netns: string, input: NetworkInput): Promise<Readonly<Record<string, NetworkStatus>>> {
    const networks = await this.#plain(input)
    if (!networks) return this.#netavark.setUp(netns, input)
    return inWords('setup', async () => {
      const firewall = this.#firewall.add([
        commonRules,
        ...networks.flatMap((network) => [networkRules(network.name, network.subnet), portsOf(input, network)]),
      ])
      // Awaited also when the links fail: nobody else would hear of its failure.
      const [rules, links] = await Promise.allSettled([firewall, connect(netns, networks)])
      for (const result of [links, rules]) if (result.status === 'rejected') throw result.reason
      await this.#names.add(input, networks)
      return Object.fromEntries(networks.map((network) => [network.name, statusOf(input, network)]))
    })
  }

  async tearDown(netns: string, input: NetworkInput): Promise<void> {
    const networks = await this.#plain(input)
    if (!networks) return this.#netavark.tearDown(netns, input)
    return inWords('teardown', async () => {
      this.#names.remove(input, networks)
      using host = new Links()
      const going = networks.map((network) => ({network, ...departure(host, netns, network)}))
      const rules = going.flatMap(({network, isLast}) => [
        ...(isLast ? [networkRules(network.name, network.subnet)] : []),
        portsOf(input, network),
      ])
      const results = await Promise.allSettled([
        host.remove(going.flatMap(({links}) => links)),
        rules.some((set) => set.rules.length > 0) ? this.#firewall.remove(rules) : undefined,
      ])
      for (const result of results) if (result.status === 'rejected') throw result.reason
    })
  }

  async #plain(input: NetworkInput): Promise<readonly PlainNetwork[] | undefined> {
    const networks = plainNetworks(input)
    return networks && (await this.#known.isReady()) ? networks : undefined
  }
}

async function connect(netns: string, networks: readonly PlainNetwork[]): Promise<void> {
  using host = new Links()
  using inside = linksInside(netns)
  setKernel('net/ipv4/ip_forward', '1')
  inside.setUp(LOOPBACK)
  for (const network of networks) {
    const bridge = openBridge(host, network)
    // netavark does so for whoever has a list of ports, be it empty: published ports are reached through the loopback, too.
    setKernel(`net/ipv4/conf/${network.bridge}/route_localnet`, '1')
    addPair(host, bridge, netns, network)
    const {index, peer = 0} = found(inside, network.interfaceName)
    inNetworkNamespace(netns, () => setKernel(`net/ipv6/conf/${network.interfaceName}/autoconf`, '0'))
    host.setUp(peer)
    addAddress(inside.socket, index, network)
    inside.setUp(index)
    addRoute(inside.socket, {gateway: network.gateway, metric: METRIC})
  }
}

/** Its index. One that is there belongs to the network already, with its address. */
function openBridge(host: Links, {bridge: name, gateway, prefix}: PlainNetwork): number {
  const there = host.find(name)
  if (there?.kind === 'bridge') return there.index
  if (there)
    throw new EngineError(
      'ERR_NETWORK_SETUP',
      `bridge interface ${name} already exists but is a ${there.kind ?? 'device'} interface`,
    )
  host.addBridge(name)
  const {index} = found(host, name)
  addAddress(host.socket, index, {address: gateway, prefix})
  host.setUp(index)
  return index
}

function addPair(host: Links, bridge: number, path: string, {interfaceName: name, mac}: PlainNetwork): void {
  const netns = openSync(path, 'r')
  try {
    host.addPair(bridge, {name, mac, netns})
  } catch (cause) {
    if (!isErrno(cause, 'EEXIST')) throw cause
    throw new EngineError(
      'ERR_NETWORK_SETUP',
      `create veth pair: interface ${name} already exists on container namespace`,
      {cause},
    )
  } finally {
    closeSync(netns)
  }
}

/** What leaves with a container: its interface, and the bridge when no other is on it. */
function departure(host: Links, netns: string, network: PlainNetwork): {links: readonly number[]; isLast: boolean} {
  const found = host.find(network.bridge)
  const bridge = found?.kind === 'bridge' ? found.index : undefined
  const own = outerLink(netns, network.interfaceName)
  const ports = bridge === undefined ? [] : host.portsOf(bridge)
  const isLast = ports.every((port) => port === own)
  return {links: [own, isLast ? bridge : undefined].filter((link) => link !== undefined), isLast}
}

/** The end outside of a container's interface; undefined when the container's end or its namespace is gone. */
function outerLink(netns: string, interfaceName: string): number | undefined {
  using links = findLinksInside(netns)
  return links?.find(interfaceName)?.peer
}

function portsOf({container_id, port_mappings = []}: NetworkInput, {name, subnet, address}: PlainNetwork): RuleSet {
  return portRules({network: name, subnet, address, containerID: container_id, ports: port_mappings})
}

function statusOf(input: NetworkInput, network: PlainNetwork): NetworkStatus {
  const {interfaceName, mac, address, prefix, gateway, names} = network
  return {
    dns_search_domains: names ? ['dns.podman'] : [],
    dns_server_ips: names ? [gateway] : (input.dns_servers ?? []),
    interfaces: {[interfaceName]: {mac_address: mac, subnets: [{gateway, ipnet: `${address}/${prefix}`}]}},
  }
}
