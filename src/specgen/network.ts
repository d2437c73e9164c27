import type {ContainerConfig, NetworkAttachment, PortMapping} from '../libpod/define/container-config.ts'
import {ownAliases} from '../libpod/define/own-aliases.ts'
import type {DnsTemplate, HostsTemplate, NamespaceTemplate} from '../libpod/define/spec-vocabulary.ts'
import type {ImageRunConfig} from '../oci/types/image-spec.ts'
import type {ContainerRequest} from './container-request.ts'
import {namespaceRules, resolveNamespace} from './namespaces.ts'
import {refuse, refuseArgument} from './refuse.ts'
import type {SpecServices} from './services.ts'
import {slirpOptions} from './slirp-options.ts'

export interface Network {
  readonly namespace: NamespaceTemplate
  readonly network: ContainerConfig['network']
  readonly networks: readonly string[]
  readonly ports: readonly PortMapping[]
  readonly exposedPorts: readonly string[]
  readonly dns: DnsTemplate
  readonly hostsFile: HostsTemplate
}

const DISCARDED =
  'Port mappings have been discarded as one of the Host, Container, Pod, and None network modes are in use'

/** Which network namespace, joined to which networks, with which ports and names. @throws ERR_REFUSED, ERR_NO_SUCH_NETWORK */
export function resolveNetwork(
  request: ContainerRequest,
  image: ImageRunConfig,
  services: SpecServices,
  id: string,
): Network {
  const mode = networkMode(request, services)
  const slirp = isSlirp(mode) ? slirpOptions(mode) : undefined
  const namespace: NamespaceTemplate =
    mode === 'bridge' || slirp ? {mode: 'private'} : resolveNamespace(mode, namespaceRules.network, services)
  const attachments = mode === 'bridge' ? bridges(request, services, id) : []
  const exposed = [...new Set([...Object.keys(image.ExposedPorts ?? {}).map(withProtocol), ...(request.expose ?? [])])]
  return {
    namespace,
    network: {mode: modeName(mode, namespace), attachments, ...(slirp && {slirp})},
    networks: attachments.map(({network}) => network),
    ports: publishedPorts(request, exposed, mode, services),
    exposedPorts: exposed,
    dns: resolveDns(request, mode, services),
    hostsFile: resolveHosts(request, mode, services),
  }
}

function networkMode({network}: ContainerRequest, {config}: SpecServices): string {
  // An address without a network is meant for that of containers.conf, which may be none that has addresses.
  const isGiven = network !== undefined && !network.isUnnamed
  const word = isGiven ? network.mode : config.containers.netns
  if (/^pasta(:|$)/.test(word) && !config.rootless) refuse('pasta networking is only supported for rootless mode')
  const mode = ['', 'private', 'default'].includes(word) ? 'bridge' : word
  if (network?.isUnnamed && mode !== 'bridge')
    refuse('invalid config provided: networks and static ip/mac address can only be used with Bridge mode networking')
  return mode
}

function isSlirp(mode: string): boolean {
  return /^slirp4netns(:|$)/.test(mode)
}

/** As `inspect` shows it: options are told apart. */
function modeName(mode: string, namespace: NamespaceTemplate): string {
  if (namespace.mode === 'container') return `container:${namespace.container}`
  return isSlirp(mode) ? 'slirp4netns' : mode
}

function bridges({network, hostname}: ContainerRequest, services: SpecServices, id: string): NetworkAttachment[] {
  const wanted = network?.attachments ?? []
  const own = ownAliases({id, hostname: {requested: hostname ?? ''}})
  const none = {staticIPs: [], aliases: [], options: {}}
  const list = wanted.length > 0 ? wanted : [{network: services.config.network.defaultNetwork, ...none}]
  return list.map((attachment) => {
    const {name} = services.networks.lookup(attachment.network || services.config.network.defaultNetwork)
    return {...attachment, network: name, aliases: [...attachment.aliases, ...own]}
  })
}

function publishedPorts(
  request: ContainerRequest,
  exposed: readonly string[],
  mode: string,
  services: SpecServices,
): PortMapping[] {
  const {ports: asked = [], publishAll} = request
  if (mode !== 'bridge' && !isSlirp(mode)) {
    if (asked.length > 0) services.warn(DISCARDED)
    return []
  }
  const ports = chosenPorts(asked, services)
  if (!publishAll) return ports
  const taken = new Set(ports.map((port) => `${port.containerPort}/${port.protocol}`))
  const rest = exposed.filter((text) => !taken.has(text)).map(exposedPort)
  return [...ports, ...rest.flatMap((port) => picked(port, services))]
}

/** What `--publish` asks for, with a free port where none of the host's is named. */
export function chosenPorts(asked: readonly PortMapping[], services: Pick<SpecServices, 'freePort'>): PortMapping[] {
  return withoutRepeated(asked).flatMap((port) => (port.hostPort === 0 ? picked(port, services) : [port]))
}

/** A port that was published twice in the same way is published once; of overlapping ranges the rest. */
function withoutRepeated(ports: readonly PortMapping[]): PortMapping[] {
  const seen = new Set<string>()
  return ports.flatMap((port) => {
    if (port.hostPort === 0) return [port]
    const singles = singlePorts(port)
    const fresh = singles.filter((single) => !seen.has(placeOf(single)))
    for (const single of fresh) seen.add(placeOf(single))
    return fresh.length === singles.length ? [port] : fresh
  })
}

function singlePorts(port: PortMapping): PortMapping[] {
  return Array.from({length: port.range}, (_, index) => ({
    ...port,
    hostPort: port.hostPort + index,
    containerPort: port.containerPort + index,
    range: 1,
  }))
}

function placeOf({protocol, hostIP, hostPort, containerPort}: PortMapping): string {
  return [protocol, hostIP, hostPort, containerPort].join(' ')
}

/** Free host ports are not successive, so a range becomes single ports. */
function picked(port: PortMapping, services: Pick<SpecServices, 'freePort'>): PortMapping[] {
  return Array.from({length: port.range}, (_, index) => ({
    ...port,
    hostPort: services.freePort(port.protocol, ''),
    containerPort: port.containerPort + index,
    range: 1,
  }))
}

function exposedPort(text: string): PortMapping {
  const [port, protocol] = text.split('/')
  const known = (['tcp', 'udp', 'sctp'] as const).find((name) => name === protocol) ?? 'tcp'
  return {hostIP: '', hostPort: 0, containerPort: Number(port), range: 1, protocol: known}
}

function withProtocol(port: string): string {
  return port.includes('/') ? port : `${port}/tcp`
}

function resolveDns(request: ContainerRequest, mode: string, {config}: SpecServices): DnsTemplate {
  const {dnsServers = [], dnsSearches = [], dnsOptions = []} = request
  if (dnsServers.length + dnsSearches.length + dnsOptions.length > 0) {
    const word = mode.split(':')[0] ?? mode
    const isGiven = request.network !== undefined
    const ownFile = dnsServers.length === 1 && dnsServers[0] === 'none'
    if (word === 'container' || (isGiven && word === 'none' && !ownFile))
      refuse(`conflicting options: dns and the network mode: ${word}`)
  }
  const {containers} = config
  return {
    servers: dnsServers.length > 0 ? dnsServers : containers.dnsServers,
    searches: dnsSearches.length > 0 ? dnsSearches : containers.dnsSearches,
    options: dnsOptions.length > 0 ? dnsOptions : containers.dnsOptions,
  }
}

function resolveHosts(request: ContainerRequest, mode: string, {config}: SpecServices): HostsTemplate {
  const {extraHosts = [], noHosts = config.containers.noHosts, hostsFile} = request
  if (noHosts && extraHosts.length > 0) refuse('--no-hosts and --add-host cannot be set together')
  if (request.noHosts && hostsFile !== undefined) refuse('--no-hosts and --hosts-file cannot be set together')
  if (extraHosts.length > 0 && mode.startsWith('container:'))
    refuse(
      'invalid config provided: cannot set extra host entries when the container is joined to another containers network namespace: invalid configuration',
    )
  const base = hostsFile ?? config.containers.baseHostsFile
  if (base !== '' && base !== 'none' && base !== 'image' && !base.startsWith('/')) {
    refuseArgument(`hosts file ${JSON.stringify(base)} must be an absolute path, "none" or "image"`)
  }
  return {manage: !noHosts, extraHosts, base}
}
