import {readFileSync} from 'node:fs'
import {isErrno} from '../../../errors/index.ts'
import type {DnsTemplate} from '../spec-template.ts'
import type {NetworkFacts} from './files-context.ts'

/** Where the real servers are when /etc/resolv.conf names only a stub on loopback: systemd-resolved's, NetworkManager's. */
const STUBS: Readonly<Record<string, string>> = {
  '127.0.0.53': '/run/systemd/resolve/resolv.conf',
  '127.0.0.1': '/run/NetworkManager/no-stub-resolv.conf',
}

/** Asked when the host names no server that a container can reach. */
const PUBLIC = ['8.8.8.8', '8.8.4.4']
const PUBLIC_IPV6 = ['2001:4860:4860::8888', '2001:4860:4860::8844']

/**
 * /etc/resolv.conf: the networks' servers, else those asked for, else the host's; options the same way. The networks'
 * search domains come before the host's; those asked for replace both. A search domain of `.` means none.
 *
 * @param onHostNetwork whether the container can reach what the host can: a server on loopback, one with only IPv6
 * @see resolv.conf(5)
 */
export function resolvConf(dns: DnsTemplate, network: NetworkFacts, onHostNetwork: boolean): string {
  const host = onHostNetwork ? parse(read('/etc/resolv.conf')) : hostResolvConf(network.hasIPv6)
  const servers = firstNonEmpty(network.dnsServers, dns.servers, host.servers)
  const searches = firstNonEmpty(dns.searches, [...new Set([...network.dnsSearches, ...host.searches])])
  return formatResolver({
    servers: [...(network.forwarder && dns.servers.length === 0 ? [network.forwarder] : []), ...servers],
    searches: searches.filter((domain) => domain !== '.'),
    options: firstNonEmpty(dns.options, host.options),
  })
}

/** The same file with name servers in front, for a network that comes later. */
export function addNameServers(text: string, servers: readonly string[]): string {
  const resolver = parse(text)
  return formatResolver({...resolver, servers: [...new Set([...servers, ...resolver.servers])]})
}

export function removeNameServers(text: string, gone: readonly string[]): string {
  const resolver = parse(text)
  return formatResolver({...resolver, servers: resolver.servers.filter((server) => !gone.includes(server))})
}

function formatResolver({servers, searches, options}: Resolver): string {
  return [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
    '',
  ].join('\n')
}

interface Resolver {
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

/** Without servers on the host's loopback or of one of its links: the container has others. */
function hostResolvConf(hasIPv6: boolean): Resolver {
  const resolver = parse(read('/etc/resolv.conf'))
  const stub = resolver.servers.length === 1 ? STUBS[resolver.servers[0] ?? ''] : undefined
  const real = stub ? parse(read(stub)) : resolver
  const usable = real.servers.filter((server) => !isLoopback(server) && (!server.includes(':') || reaches(server)))
  const fallback = hasIPv6 ? [...PUBLIC, ...PUBLIC_IPV6] : PUBLIC
  return {...(real.servers.length > 0 ? real : resolver), servers: usable.length > 0 ? usable : fallback}

  function reaches(server: string): boolean {
    return hasIPv6 && !server.includes('%')
  }
}

function parse(text: string): Resolver {
  const words = text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
  const of = (keyword: string): string[][] => words.filter(([first]) => first === keyword).map(([, ...rest]) => rest)
  return {
    servers: of('nameserver').flatMap(([server]) => server ?? []),
    searches: of('search').at(-1) ?? of('domain').at(-1) ?? [],
    options: of('options').flat(),
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return ''
    throw error
  }
}

function isLoopback(server: string): boolean {
  return server.startsWith('127.') || server === '::1'
}

function firstNonEmpty(...lists: readonly (readonly string[])[]): readonly string[] {
  return lists.find((list) => list.length > 0) ?? []
}
