import {randomBytes} from 'node:crypto'
import {readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../errors/index.ts'
import {LockFile, type ProcessIdentity, readJson, writeJson} from '../host/index.ts'
import {contains, parseCidr} from './cidr.ts'
import type {HostAddresses} from './host-addresses.ts'
import {Leases} from './leases.ts'
import {createNetns, netnsPath, removeNetns} from './netns.ts'
import type {NetworkDriver, NetworkInput} from './network-driver.ts'
import type {NetworkConnection, NetworkRecord, NetworkStatus, PortMapping} from './network-record.ts'
import type {NetworkStore} from './network-store.ts'
import type {SlirpOptions} from './slirp-options.ts'
import type {Slirp4netns} from './slirp4netns.ts'

/** What a container asks of its networks. */
export interface NetworkSetup {
  readonly containerID: string
  readonly containerName: string
  readonly hostname?: string
  readonly connections: Readonly<Record<string, NetworkConnection>>
  readonly ports: readonly PortMapping[]
  /** Servers that aardvark-dns forwards to, when the container names its own. */
  readonly dnsServers?: readonly string[]
  /** slirp4netns instead of networks. */
  readonly slirp?: SlirpOptions
}

export interface SharedBridge {
  readonly bridge: string
  readonly addresses: HostAddresses
}

/** A container's network on this boot, as kept on disk: enough to take it down without the container's record. */
export interface ContainerNetwork {
  readonly version: 1
  readonly containerID: string
  readonly netnsPath: string
  readonly input: NetworkInput
  /** Empty until it is made. */
  readonly status: Readonly<Record<string, NetworkStatus>>
  readonly slirp?: {readonly options: SlirpOptions; readonly process?: ProcessIdentity}
}

/**
 * Networks of containers: `prepare`, then `configure` while other things go on, `tearDown` at the end. All are safe
 * to repeat and after a kill: the record on disk is written before anything is taken and removed after all is given
 * back.
 */
export class ContainerNetworks {
  readonly #store: NetworkStore
  readonly #driver: NetworkDriver
  readonly #leases: Leases
  readonly #slirp: Slirp4netns
  readonly #directory: string
  readonly #shared: SharedBridge | undefined

  /**
   * @param directory per boot: records, leases, the lock and netavark's own files lie below it
   * @param shared the bridge that other engines use, too
   */
  constructor(
    store: NetworkStore,
    driver: NetworkDriver,
    slirp: Slirp4netns,
    directory: string,
    shared?: SharedBridge,
  ) {
    this.#store = store
    this.#driver = driver
    this.#slirp = slirp
    this.#leases = new Leases(join(directory, 'leases'), (network, address, containerID) => {
      if (!shared || network.network_interface !== shared.bridge) return true
      return shared.addresses.take(shared.bridge, address, this.#path(containerID))
    })
    this.#directory = directory
    this.#shared = shared
  }

  /**
   * Takes addresses and makes the network namespace: quick, no program runs. The container's addresses are known now.
   * @throws ERR_NO_SUCH_NETWORK, ERR_IPAM
   */
  prepare(setup: NetworkSetup): ContainerNetwork {
    const path = netnsPath(setup.containerID)
    const records = Object.keys(setup.connections).map((name) => this.#store.lookup(name))
    const empty = makeRecord(path, setup, {}, {})
    this.#write(empty)
    try {
      createNetns(path)
      const connections = Object.fromEntries(records.map((record) => [record.name, this.#connect(record, setup)]))
      const prepared = makeRecord(
        path,
        setup,
        connections,
        Object.fromEntries(records.map((record) => [record.name, record])),
      )
      this.#write(prepared)
      return prepared
    } catch (error) {
      this.#giveBack(empty)
      throw error
    }
  }

  /**
   * Makes the interfaces and rules of a prepared network, or has slirp4netns make its own.
   * @param lifeline a descriptor that slirp4netns ends with
   * @throws ERR_NETWORK_SETUP
   */
  async configure(prepared: ContainerNetwork, lifeline?: number): Promise<ContainerNetwork> {
    if (prepared.slirp && lifeline !== undefined) return this.#startSlirp(prepared, prepared.slirp.options, lifeline)
    using _lock = await this.#lock()
    const status = await this.#driver.setUp(prepared.netnsPath, prepared.input)
    const configured = {...prepared, status}
    this.#write(configured)
    return configured
  }

  /** Takes everything down. A container without a network, or whose network is already down, is success. */
  async tearDown(containerID: string): Promise<void> {
    const record = this.find(containerID)
    if (!record) return
    if (record.slirp) await this.#slirp.stop(containerID, record.slirp.process)
    using _lock = await this.#lock()
    await this.#tearDownRules(record)
    this.#giveBack(record)
  }

  find(containerID: string): ContainerNetwork | undefined {
    return readJson<ContainerNetwork>(this.#path(containerID))
  }

  list(): readonly ContainerNetwork[] {
    return this.#ids().flatMap((id) => this.find(id) ?? [])
  }

  /** Connects a running container to one more network. @throws ERR_NETWORK_CONNECTED when it is already */
  async connect(containerID: string, networkName: string, connection: NetworkConnection): Promise<ContainerNetwork> {
    const record = this.#store.lookup(networkName)
    using _lock = await this.#lock()
    const current = this.#get(containerID)
    if (current.input.networks[record.name])
      throw new EngineError(
        'ERR_NETWORK_CONNECTED',
        `container ${containerID} is already connected to network ${record.name}`,
      )
    // Noted before anything is taken: whoever finds the note after a kill knows what to give back.
    this.#write(withNetwork(current, record, {...connection, static_ips: undefined}))
    try {
      const added = this.#connectOne(record, connection, containerID)
      const wished = this.#write(withNetwork(current, record, added))
      const status = await this.#driver.setUp(current.netnsPath, onlyNetwork(wished, record.name))
      return this.#write({...wished, status: {...current.status, ...status}})
    } catch (error) {
      this.#leases.releaseAll(record.name, containerID)
      this.#write(current)
      throw error
    }
  }

  /** Takes a running container off a network. @throws ERR_NETWORK_NOT_CONNECTED */
  async disconnect(
    containerID: string,
    networkName: string,
    options: {readonly force?: boolean} = {},
  ): Promise<ContainerNetwork> {
    using _lock = await this.#lock()
    const current = this.#get(containerID)
    if (!current.input.networks[networkName])
      throw new EngineError(
        'ERR_NETWORK_NOT_CONNECTED',
        `container ${containerID} is not connected to network ${networkName}`,
      )
    const input = onlyNetwork(current, networkName)
    if (options.force) await this.#tearDownRules({...current, input})
    else await this.#driver.tearDown(current.netnsPath, input)
    return this.#forget(current, networkName)
  }

  /** Takes a container off every network but these, as far as it goes: what a killed `connect` or `disconnect` left. */
  async keepOnly(containerID: string, networkNames: readonly string[]): Promise<void> {
    const connected = Object.keys(this.find(containerID)?.input.networks ?? {})
    if (connected.every((name) => networkNames.includes(name))) return
    using _lock = await this.#lock()
    for (const name of connected.filter((each) => !networkNames.includes(each))) {
      const current = this.#get(containerID)
      await this.#tearDownRules({...current, input: onlyNetwork(current, name)})
      this.#forget(current, name)
    }
  }

  /** Makes the firewall rules and interfaces anew, with the same addresses: after the host's firewall was flushed. */
  async reload(containerID: string): Promise<void> {
    using _lock = await this.#lock()
    const current = this.#get(containerID)
    await this.#tearDownRules(current)
    const status = await this.#driver.setUp(current.netnsPath, current.input)
    this.#write({...current, status})
  }

  /** Takes down networks of containers that no longer live and frees what killed processes took. */
  async sweep(isLive: (containerID: string) => boolean): Promise<void> {
    for (const id of this.#ids()) if (!isLive(id)) await this.tearDown(id)
    const known = new Set(this.#ids())
    this.#leases.sweep((id) => known.has(id))
  }

  /** Forgets what is kept of a network that was removed. */
  forgetNetwork(name: string): void {
    this.#leases.forget(name)
  }

  /** While no container's network is made or taken down. */
  async locked<T>(act: () => Promise<T>): Promise<T> {
    using _lock = await this.#lock()
    return await act()
  }

  async #startSlirp(prepared: ContainerNetwork, options: SlirpOptions, lifeline: number): Promise<ContainerNetwork> {
    const {containerID, netnsPath: path, input} = prepared
    const process_ = await this.#slirp.start(path, containerID, options, input.port_mappings ?? [], lifeline)
    return this.#write({...prepared, slirp: {options, process: process_}})
  }

  /** The container's record is there still, or has just gone. */
  #releaseShared({containerID, input}: ContainerNetwork, networkName: string): void {
    if (!this.#shared || input.network_info[networkName]?.network_interface !== this.#shared.bridge) return
    for (const address of input.networks[networkName]?.static_ips ?? [])
      this.#shared.addresses.release(this.#shared.bridge, address, this.#path(containerID))
  }

  #forget(current: ContainerNetwork, networkName: string): ContainerNetwork {
    this.#releaseShared(current, networkName)
    this.#leases.releaseAll(networkName, current.containerID)
    return this.#write(without(current, networkName))
  }

  #connect(record: NetworkRecord, setup: NetworkSetup): NetworkConnection {
    return this.#connectOne(record, setup.connections[record.name] ?? {interface_name: 'eth0'}, setup.containerID)
  }

  /** With the addresses it takes, and a MAC of its own so that it is known before netavark runs. */
  #connectOne(record: NetworkRecord, connection: NetworkConnection, containerID: string): NetworkConnection {
    const static_ips = this.#leases.take(record, containerID, connection.static_ips)
    return {static_mac: randomMAC(), ...connection, static_ips}
  }

  /** Rules of a namespace that is gone are gone with it, all but the host's: they are taken down all the same. */
  async #tearDownRules(record: ContainerNetwork): Promise<void> {
    const input = withAddresses(record.input)
    if (Object.keys(input.networks).length === 0) return
    try {
      await this.#driver.tearDown(record.netnsPath, input)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
    }
  }

  #giveBack(record: ContainerNetwork): void {
    removeNetns(record.netnsPath)
    rmSync(this.#path(record.containerID), {force: true})
    const networks = Object.entries(record.input.networks)
    if (networks.length === 0) this.#leases.sweep((id) => id !== record.containerID)
    for (const [name, {static_ips}] of networks) {
      this.#releaseShared(record, name)
      if (static_ips) this.#leases.release(name, static_ips, record.containerID)
      else this.#leases.releaseAll(name, record.containerID)
    }
  }

  #get(containerID: string): ContainerNetwork {
    const record = this.find(containerID)
    if (record) return record
    throw new EngineError('ERR_NETWORK_NOT_CONNECTED', `container ${containerID} has no network`)
  }

  #ids(): readonly string[] {
    try {
      const files = readdirSync(join(this.#directory, 'containers'))
      return files.filter((name) => /^[^.].*\.json$/.test(name)).map((name) => name.slice(0, -'.json'.length))
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }

  #write(record: ContainerNetwork): ContainerNetwork {
    writeJson(this.#path(record.containerID), record, {durable: false})
    return record
  }

  #path(containerID: string): string {
    return join(this.#directory, 'containers', `${containerID}.json`)
  }

  /** Nobody else guards bridges and firewall chains against two who change them. */
  #lock(): Promise<LockFile> {
    return LockFile.acquire(join(this.#directory, 'netavark.lock'))
  }
}

/** The addresses of a prepared or configured network, with the subnet each lies in. */
export function addressesOf(
  network: ContainerNetwork,
  networkName: string,
): readonly {address: string; prefix: number; gateway?: string}[] {
  const subnets = network.input.network_info[networkName]?.subnets ?? []
  return (network.input.networks[networkName]?.static_ips ?? []).flatMap((address) => {
    const subnet = subnets.find((candidate) => contains(parseCidr(candidate.subnet), address))
    return subnet ? [{address, prefix: parseCidr(subnet.subnet).prefix, gateway: subnet.gateway}] : []
  })
}

function makeRecord(
  path: string,
  setup: NetworkSetup,
  networks: Readonly<Record<string, NetworkConnection>>,
  network_info: Readonly<Record<string, NetworkRecord>>,
): ContainerNetwork {
  const input: NetworkInput = {
    container_id: setup.containerID,
    container_name: setup.containerName,
    container_hostname: setup.hostname,
    port_mappings: setup.ports,
    networks,
    network_info,
    dns_servers: setup.dnsServers,
  }
  const {containerID, slirp} = setup
  return {version: 1, containerID, netnsPath: path, input, status: {}, ...(slirp && {slirp: {options: slirp}})}
}

function withNetwork(current: ContainerNetwork, record: NetworkRecord, added: NetworkConnection): ContainerNetwork {
  const {networks, network_info} = current.input
  return {
    ...current,
    input: {
      ...current.input,
      networks: {...networks, [record.name]: added},
      network_info: {...network_info, [record.name]: record},
    },
  }
}

function onlyNetwork({input}: ContainerNetwork, name: string): NetworkInput {
  const {networks, network_info} = input
  const pick = <T>(from: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(from).filter(([key]) => key === name))
  return {...input, networks: pick(networks), network_info: pick(network_info)}
}

/** Without networks of which nothing was taken yet: netavark would refuse the others with them. */
function withAddresses(input: NetworkInput): NetworkInput {
  const networks = Object.entries(input.networks).filter(([, {static_ips}]) => static_ips !== undefined)
  return {...input, networks: Object.fromEntries(networks)}
}

function without(current: ContainerNetwork, networkName: string): ContainerNetwork {
  const {[networkName]: _connection, ...networks} = current.input.networks
  const {[networkName]: _info, ...network_info} = current.input.network_info
  const {[networkName]: _status, ...status} = current.status
  return {...current, input: {...current.input, networks, network_info}, status}
}

/** Locally administered, unicast. */
function randomMAC(): string {
  const bytes = randomBytes(6)
  bytes[0] = ((bytes[0] ?? 0) & 0xfe) | 0x02
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':')
}
