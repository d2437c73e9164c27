import {randomBytes} from 'node:crypto'
import {closeSync, openSync} from 'node:fs'
import {EngineError, isErrno} from '../../errors/index.ts'
import {inNetworkNamespace} from '../../host/index.ts'
import {addAddress, addRoute} from '../kernel/addresses.ts'
import {inWords} from '../kernel/in-words.ts'
import {findLinksInside, linksInside} from '../kernel/inside.ts'
import {found, type Link, Links, LOOPBACK} from '../kernel/links.ts'
import {setKernel} from '../kernel/settings.ts'
import type {NetworkDriver, NetworkInput} from '../network-driver.ts'
import type {NetworkStatus} from '../network-record.ts'
import {defaultDevice} from './default-device.ts'
import {type DirectNetwork, directNetworks} from './direct-input.ts'
import {kindData} from './parented-kinds.ts'

/** Before the bridges': whoever asks for such a network wants to be reached over it. */
const METRIC = 99

/**
 * Networks of macvlan and ipvlan interfaces, which need neither bridge nor rules: an interface on a device of the host appears
 * in the container's namespace. All other networks of the container are somebody else's.
 */
export class DirectNetworks implements NetworkDriver {
  readonly #others: NetworkDriver

  constructor(others: NetworkDriver) {
    this.#others = others
  }

  async setUp(netns: string, input: NetworkInput): Promise<Readonly<Record<string, NetworkStatus>>> {
    const direct = directNetworks(input)
    const rest = without(input, direct)
    const status = rest ? await this.#others.setUp(netns, rest) : {}
    if (direct.length === 0) return status
    return inWords('setup', () => ({...status, ...connect(netns, direct)}))
  }

  async tearDown(netns: string, input: NetworkInput): Promise<void> {
    const direct = directNetworks(input)
    const rest = without(input, direct)
    if (rest) await this.#others.tearDown(netns, rest)
    if (direct.length > 0) await inWords('teardown', () => disconnect(netns, direct))
  }
}

/** Undefined when nothing is left of it. */
function without(input: NetworkInput, direct: readonly DirectNetwork[]): NetworkInput | undefined {
  if (direct.length === 0) return input
  const others = <T>(all: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(all).filter(([name]) => direct.every((network) => network.name !== name)))
  const networks = others(input.networks)
  if (Object.keys(networks).length === 0) return undefined
  return {...input, networks, network_info: others(input.network_info)}
}

function connect(netns: string, networks: readonly DirectNetwork[]): Readonly<Record<string, NetworkStatus>> {
  using host = new Links()
  using inside = linksInside(netns)
  inside.setUp(LOOPBACK)
  return Object.fromEntries(
    networks.map((network) => {
      const {index, mac = ''} = addInterface(host, inside, netns, network)
      addAddresses(inside, index, network)
      return [network.name, statusOf(network, mac)]
    }),
  )
}

/** Under a name that nobody has at first: the kernel looks for the wished one among the host's. */
function addInterface(host: Links, inside: Links, netns: string, network: DirectNetwork): Link {
  const {kind, interfaceName, mac, options} = network
  const {index: parent} = parentOf(host, network)
  const name = `new-${randomBytes(5).toString('hex')}`
  const namespace = openSync(netns, 'r')
  try {
    const own = kind === 'macvlan' && mac ? {mac} : {}
    const mtu = Number(options.mtu ?? 0)
    host.addStacked({kind, name, parent, ...own, mtu, data: kindData(kind, options), netns: namespace})
  } catch (cause) {
    throw new EngineError('ERR_NETWORK_SETUP', `create ${kind} interface: ${(cause as Error).message}`, {cause})
  } finally {
    closeSync(namespace)
  }
  const link = found(inside, name)
  rename(inside, link, interfaceName)
  inNetworkNamespace(netns, () => setKernel(`net/ipv6/conf/${interfaceName}/autoconf`, '0'))
  return link
}

function parentOf(host: Links, {parent = defaultDevice()}: DirectNetwork): Link {
  const link = host.find(parent)
  if (!link) throw new EngineError('ERR_NETWORK_SETUP', `parent interface ${parent} does not exist`)
  return link
}

function rename(inside: Links, {index}: Link, name: string): void {
  try {
    inside.rename(index, name)
  } catch (cause) {
    void inside.remove([index])
    if (!isErrno(cause, 'EEXIST')) throw cause
    throw new EngineError('ERR_NETWORK_SETUP', `interface ${name} already exists on container namespace`, {cause})
  }
}

function addAddresses(inside: Links, index: number, {addresses, options: {metric}}: DirectNetwork): void {
  for (const each of addresses) addAddress(inside.socket, index, each)
  inside.setUp(index)
  for (const isIPv6 of [false, true]) {
    const gateway = addresses.find((each) => each.address.includes(':') === isIPv6 && each.gateway)?.gateway
    if (gateway) addRoute(inside.socket, {gateway, metric: metric === undefined ? METRIC : Number(metric)})
  }
}

function statusOf({interfaceName, addresses}: DirectNetwork, mac: string): NetworkStatus {
  const subnets = addresses.map(({address, prefix, gateway}) => ({
    ...(gateway && {gateway}),
    ipnet: `${address}/${prefix}`,
  }))
  return {
    dns_search_domains: [],
    dns_server_ips: [],
    interfaces: {[interfaceName]: {mac_address: mac, subnets}},
  }
}

/** With the namespace they are gone, too. */
async function disconnect(netns: string, networks: readonly DirectNetwork[]): Promise<void> {
  using inside = findLinksInside(netns)
  if (!inside) return
  const links = networks.flatMap(({interfaceName, kind}) => {
    const link = inside.find(interfaceName)
    return link?.kind === kind ? [link.index] : []
  })
  await inside.remove(links)
}
