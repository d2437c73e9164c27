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
  'add-host': flags.list({summary: 'Add a custom host-to-IP mapping (host:ip)', valueName: 'HOST[;HOST...]:IP'}),
  dns: flags.list({summary: 'Set custom DNS servers', valueName: 'ADDRESS'}),
  'dns-option': flags.list({summary: 'Set custom DNS options', aliases: ['dns-opt']}),
  'dns-search': flags.list({summary: 'Set custom DNS search domains', valueName: 'DOMAIN'}),
  expose: flags.list({summary: 'Expose a port or a range of ports', valueName: 'PORT[/PROTOCOL]'}),
  'hosts-file': flags.string({
    summary:
      'Base file to create the /etc/hosts file inside the container, or one of the special values. ("image"|"none")',
  }),
  ip: flags.string({summary: 'Specify a static IPv4 address for the container', valueName: 'ADDRESS'}),
  ip6: flags.string({summary: 'Specify a static IPv6 address for the container', valueName: 'ADDRESS'}),
  'mac-address': flags.string({summary: 'Container MAC address (e.g. 92:d0:c6:0a:29:33)', valueName: 'ADDRESS'}),
  network: flags.array({
    summary: 'Connect a container to a network',
    aliases: ['net'],
    suggests: ['bridge', 'host', 'none', 'private', 'container:', 'ns:'],
  }),
  'network-alias': flags.list({summary: 'Add network-scoped alias for the container', valueName: 'NAME'}),
  'no-hosts': flags.bool({
    summary: 'Do not create /etc/hosts within the container, instead use the version from the image',
  }),
  publish: flags.list({
    char: 'p',
    summary: "Publish a container's port, or a range of ports, to the host",
    valueName: '[[IP:]HOSTPORT:]PORT',
  }),
  'publish-all': flags.bool({char: 'P', summary: 'Publish all exposed ports to random ports on the host interface'}),
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
