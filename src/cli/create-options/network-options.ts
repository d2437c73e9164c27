import {isIP} from 'node:net'
import type {PortMapping} from '../../libpod/define/container-config.ts'
import {freeHostPort} from '../../network/index.ts'
import {
  type ContainerRequest,
  chosenPorts,
  type NetworkRequest,
  parseExpose,
  parsePublish,
  refuse,
  refuseArgument,
} from '../../specgen/index.ts'
import * as flags from '../flags.ts'
import {type Attachment, attachment, bridgesOf, macAddress} from './network-words.ts'
import type {OptionContext} from './option-context.ts'

/** Networks, ports and names. */
export const networkFlags = {
  'add-host': flags.list({
    summary: 'Line for /etc/hosts; the address may be host-gateway (repeatable)',
    valueName: 'HOST[;HOST...]:IP',
  }),
  dns: flags.list({
    summary: 'Name server to ask, by its address; none leaves /etc/resolv.conf alone (repeatable)',
    valueName: 'ADDRESS',
  }),
  'dns-option': flags.list({
    summary: 'Resolver option for /etc/resolv.conf, such as ndots:2 (repeatable)',
    aliases: ['dns-opt'],
  }),
  'dns-search': flags.list({summary: 'Domain to complete short host names with (repeatable)', valueName: 'DOMAIN'}),
  expose: flags.list({
    summary: 'Port or range that the container listens on, for --publish-all (repeatable)',
    valueName: 'PORT[/PROTOCOL]',
  }),
  'hosts-file': flags.string({
    summary: "File that /etc/hosts starts from: a path on the host, image for the image's, or none",
  }),
  ip: flags.string({summary: 'Fixed IPv4 address in its network', valueName: 'ADDRESS'}),
  ip6: flags.string({summary: 'Fixed IPv6 address in its network', valueName: 'ADDRESS'}),
  'mac-address': flags.string({summary: 'Fixed MAC address, such as 02:42:ac:11:00:02', valueName: 'ADDRESS'}),
  network: flags.array({
    summary: 'Network to join, by name, or a mode such as bridge, host, none or container:NAME (repeatable)',
    aliases: ['net'],
    suggests: ['bridge', 'host', 'none', 'private', 'container:', 'ns:'],
  }),
  'network-alias': flags.list({summary: 'Further name in its networks (repeatable)', valueName: 'NAME'}),
  'no-hosts': flags.bool({
    summary: "Keep the image's /etc/hosts instead of writing one",
  }),
  publish: flags.list({
    char: 'p',
    summary: 'Make a port, or a range of ports, reachable on the host (repeatable)',
    valueName: '[[IP:]HOSTPORT:]PORT',
  }),
  'publish-all': flags.bool({char: 'P', summary: 'Make every exposed port reachable on a free port of the host'}),
}

type Given = flags.FlagValues<typeof networkFlags>

export function networkRequest(given: Given, {changed}: OptionContext): Partial<ContainerRequest> {
  if (changed('no-hosts') && given['no-hosts'] && given['add-host'].length > 0) {
    refuse('--no-hosts and --add-host cannot be set together')
  }
  for (const text of given['add-host']) checkHost(text)
  for (const server of given.dns) if (server !== 'none' && isIP(server) === 0) refuse(`${server} is not an ip address`)
  if (given.dns.includes('none') && given.dns.length > 1)
    refuse('none is not allowed to be specified with other DNS ip addresses')
  return {
    ...{extraHosts: given['add-host'], hostsFile: given['hosts-file']},
    ...(changed('no-hosts') && {noHosts: given['no-hosts']}),
    ...{dnsServers: given.dns, dnsSearches: given['dns-search'], dnsOptions: given['dns-option']},
    expose: given.expose.flatMap(parseExpose),
    network: networksOf(given),
    ports: given.publish.flatMap(parsePublish),
    publishAll: given['publish-all'],
  }
}

/** Ports to publish of a container that is made in another way than by `create`. */
export function publishedPorts(words: readonly string[]): PortMapping[] {
  return chosenPorts(words.flatMap(parsePublish), {freePort: freeHostPort})
}

function checkHost(text: string): void {
  const colon = text.indexOf(':')
  if (colon <= 0) refuse(`bad format for add-host: ${JSON.stringify(text)}`)
  const ip = text.slice(colon + 1).replace(/^\[(.*)\]$/, '$1')
  if (ip !== 'host-gateway' && isIP(ip) === 0) refuse(`invalid IP address in add-host: ${JSON.stringify(ip)}`)
}

const PLAIN_MODES = ['none', 'host', 'private', 'default']

function networksOf(given: Given): NetworkRequest | undefined {
  const words = given.network
  const single = singleOptions(given)
  const [first] = words
  if (first === undefined) {
    return hasOptions(single)
      ? {mode: 'bridge', attachments: [{...attachment(''), ...merged(attachment(''), single)}], isUnnamed: true}
      : undefined
  }
  const mode = modeOf(first)
  if (mode !== 'bridge') {
    if (words.length > 1)
      refuseArgument(`cannot set multiple networks without bridge network mode, selected mode ${mode.split(':')[0]}`)
    checkSingle(single, 'can only be set when the network mode is bridge')
    return {mode: first}
  }
  if (words.length > 1) {
    checkSingle({...single, aliases: []}, 'can only be set for a single network')
    for (const word of words.slice(1)) checkExtra(word)
  }
  const attachments = words.flatMap((word, index) => bridgesOf(word, index === 0))
  const byName = new Map(attachments.map((each) => [each.network, each]))
  return {mode: 'bridge', attachments: [...byName.values()].map((each) => merged(each, single))}
}

/** The network of one word: a mode, or a network's name. */
export function networkOf(word: string): NetworkRequest {
  return modeOf(word) === 'bridge' ? {mode: 'bridge', attachments: bridgesOf(word, true)} : {mode: word}
}

function modeOf(word: string): string {
  if (PLAIN_MODES.includes(word)) return word
  return /^(container|ns|pod|pasta|slirp4netns)(:|$)/.test(word) ? word : 'bridge'
}

/** After the first, only names of networks. */
function checkExtra(word: string): void {
  const [name = ''] = word.split(':')
  if (name === '') refuseArgument('network name cannot be empty')
  if ([...PLAIN_MODES, 'bridge', 'container', 'ns', 'pasta', 'pod', 'slirp4netns'].includes(name))
    refuseArgument(`can only set extra network names, selected mode ${name} conflicts with bridge`)
}

interface Single {
  readonly staticIPs: readonly string[]
  readonly staticMAC?: string
  readonly aliases: readonly string[]
}

function singleOptions(given: Given): Single {
  return {
    staticIPs: [address(given.ip), address(given.ip6)].flatMap((ip) => ip ?? []),
    ...(given['mac-address'] !== undefined && {staticMAC: macAddress(given['mac-address'])}),
    aliases: given['network-alias'],
  }
}

function address(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  return isIP(text) > 0 ? text : refuse(`${JSON.stringify(text)} is not an ip address`)
}

function hasOptions({staticIPs, staticMAC, aliases}: Single): boolean {
  return staticIPs.length > 0 || staticMAC !== undefined || aliases.length > 0
}

function checkSingle({staticIPs, staticMAC, aliases}: Single, complaint: string): void {
  const option =
    staticIPs.length > 0 ? '--ip' : staticMAC ? '--mac-address' : aliases.length > 0 ? '--network-alias' : undefined
  if (option) refuseArgument(`${option} ${complaint}`)
}

function merged(one: Attachment, {staticIPs, staticMAC, aliases}: Single): Attachment {
  return {
    ...one,
    staticIPs: [...one.staticIPs, ...staticIPs],
    ...(staticMAC && {staticMAC}),
    aliases: [...one.aliases, ...aliases],
  }
}
