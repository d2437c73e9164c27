import {readFileSync} from 'node:fs'
import {isErrno} from '../../../errors/index.ts'
import type {DnsTemplate} from '../spec-template.ts'
import type {NetworkFacts} from './container-files.ts'

/** systemd-resolved keeps the real servers here; /etc/resolv.conf then names only its own stub on loopback. */
const RESOLVED = '/run/systemd/resolve/resolv.conf'

/**
 * /etc/resolv.conf: the networks' servers, else those asked for, else the host's; with options and search domains the same
 * way. A search domain of `.` means none.
 *
 * @param keepLoopback whether the container can reach a server on the host's loopback
 * @see resolv.conf(5)
 */
export function resolvConf(dns: DnsTemplate, network: NetworkFacts, keepLoopback: boolean): string {
  const host = hostResolvConf(keepLoopback)
  const servers = firstNonEmpty(network.dnsServers, dns.servers, host.servers)
  const searches = firstNonEmpty(dns.searches, network.dnsSearches, host.searches).filter((domain) => domain !== '.')
  const options = firstNonEmpty(dns.options, host.options)
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

function hostResolvConf(keepLoopback: boolean): Resolver {
  const resolver = parse(read('/etc/resolv.conf'))
  if (keepLoopback) return resolver
  const stub = resolver.servers.length === 1 && resolver.servers[0] === '127.0.0.53'
  const usable = (stub ? parse(read(RESOLVED)) : resolver).servers.filter((server) => !isLoopback(server))
  return {...resolver, servers: usable}
}

function parse(text: string): Resolver {
  const words = text.split('\n').map((line) => line.trim().split(/\s+/))
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
