import {join} from 'node:path'
import {AardvarkEntries} from './aardvark-entries.ts'
import {parseCidr} from './cidr.ts'
import {ContainerNetworks} from './container-network.ts'
import {makeNetwork, type NetworkRequest} from './create-network.ts'
import {DirectNetworks} from './direct/direct-networks.ts'
import {requireKind} from './direct/parented-kinds.ts'
import {type SubnetPool, withGateway} from './free-subnet.ts'
import {HostAddresses} from './host-addresses.ts'
import {hostInterfaces} from './host-interfaces.ts'
import {NameServer} from './name-server.ts'
import {Netavark} from './netavark.ts'
import {requireNetavark} from './netavark-version.ts'
import type {NetworkRecord} from './network-record.ts'
import {type NetworkStore, networkID, openNetworkStore} from './network-store.ts'
import {Firewall} from './plain/firewall.ts'
import {KnownNetavark} from './plain/known-netavark.ts'
import {PlainBridges} from './plain/plain-bridges.ts'
import {RoutedNetworks} from './routed-networks.ts'
import {RunningNetavark} from './running-netavark.ts'
import {Slirp4netns} from './slirp4netns.ts'

export interface NetworksOptions {
  /** Where the records lie, one JSON file each. */
  readonly configDirectory: string
  /** Per boot. */
  readonly runDirectory: string
  /** Per boot, the same for all engines of the host: which addresses of the default bridge are taken. */
  readonly hostDirectory?: string
  readonly netavark: string
  readonly aardvark?: string
  readonly slirp4netns: string
  readonly defaultName: string
  /** CIDR of the default network. */
  readonly defaultSubnet: string
  readonly pools: readonly SubnetPool[]
  /** What netavark is to do otherwise than usual; then it makes every network. @see netavark(1) */
  readonly environment?: Readonly<Record<string, string>>
}

/** The engine's networks: their records, and what containers have of them. */
export interface Networks {
  readonly store: NetworkStore
  readonly containers: ContainerNetworks
  /** @throws ERR_NETWORK_EXISTS, ERR_INVALID_ARG, ERR_REFUSED; ERR_NOT_SUPPORTED for what this netavark is too old for, or the kernel lacks */
  create(request: NetworkRequest): Promise<NetworkRecord>
  /** Changes the name servers that the network's containers are answered from, also of those that run. */
  updateDNS(record: NetworkRecord, servers: readonly string[]): Promise<void>
  /** The caller knows that no container is on it. @throws ERR_REFUSED for the default network */
  remove(name: string): Promise<void>
}

export function openNetworks(options: NetworksOptions): Networks {
  const store = openNetworkStore({
    directory: options.configDirectory,
    lockPath: join(options.runDirectory, 'records.lock'),
    defaultNetwork: defaultNetwork(options.defaultName, options.defaultSubnet),
  })
  const {netavark, driver} = openDrivers(options)
  const slirp = new Slirp4netns(options.slirp4netns, join(options.runDirectory, 'slirp'))
  const bridge = defaultBridge(options.defaultName)
  const shared = options.hostDirectory && {bridge, addresses: new HostAddresses(options.hostDirectory)}
  const containers = new ContainerNetworks(store, driver, slirp, options.runDirectory, shared || undefined)
  return {
    store,
    containers,
    create: async (request) => {
      const [{pools}, host] = [options, hostInterfaces()]
      const wished = makeNetwork(request, {existing: store.list(), pools, host})
      requireKind(wished.driver)
      await requireNetavark(wished, () => netavark.version())
      return store.add((existing) => makeNetwork(request, {existing, pools, host}))
    },
    updateDNS: async (record, servers) => {
      const {network_dns_servers: before = [], ...rest} = record
      if (before.length === servers.length && before.every((server, index) => server === servers[index])) return
      await containers.locked(() => netavark.updateDNS(record.name, servers))
      await store.replace(servers.length > 0 ? {...rest, network_dns_servers: servers} : rest)
    },
    remove: async (name) => {
      await store.remove(name)
      containers.forgetNetwork(name)
    },
  }
}

function openDrivers({netavark: program, aardvark, runDirectory, environment = {}}: NetworksOptions) {
  const directory = join(runDirectory, 'netavark')
  const entries = new AardvarkEntries(join(directory, 'aardvark-dns'))
  const running = new RunningNetavark(join(directory, 'running'), directory)
  const netavark = new Netavark(program, aardvark, directory, {entries, running, environment})
  const bridges = new PlainBridges(
    new Firewall(join(runDirectory, 'firewall.lock')),
    new NameServer(aardvark, entries),
    netavark,
    new KnownNetavark(program, netavark, running, join(runDirectory, 'netavark-version.json')),
  )
  const isUsual = Object.keys(environment).length === 0
  return {netavark, driver: new RoutedNetworks(new DirectNetworks(isUsual ? bridges : netavark))}
}

function defaultBridge(name: string): string {
  return `${name}0`
}

/** As podman's own default network: a bridge without DNS, made as long as nobody has changed it whenever it is looked at. */
function defaultNetwork(name: string, subnet: string): NetworkRecord {
  return {
    name,
    id: networkID(name),
    driver: 'bridge',
    network_interface: defaultBridge(name),
    created: new Date().toISOString().replace('Z', '000000Z'),
    subnets: [withGateway(parseCidr(subnet))],
    ipv6_enabled: subnet.includes(':'),
    internal: false,
    dns_enabled: false,
    ipam_options: {driver: 'host-local'},
  }
}
