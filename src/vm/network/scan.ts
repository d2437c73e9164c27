import {isIPv6} from 'node:net'
import type {GuestLink, GuestNetwork, GuestRoute} from '../agent/agent.ts'
import type {IpCommand} from './ip-command.ts'
import {isTapName} from './taps.ts'

/** `ip -json address`, as far as we read it. */
interface AddressEntry {
  readonly ifname: string
  readonly link_type: string
  readonly address?: string
  readonly mtu?: number
  readonly flags?: readonly string[]
  readonly linkinfo?: {readonly info_kind?: string}
  readonly addr_info?: readonly {
    readonly family: string
    readonly local?: string
    readonly prefixlen?: number
    readonly scope?: string
  }[]
}

interface RouteEntry {
  readonly dst?: string
  readonly gateway?: string
  readonly dev?: string
  readonly prefsrc?: string
  readonly metric?: number
  readonly scope?: string
  readonly protocol?: string
  readonly type?: string
}

interface NeighbourEntry {
  readonly dst?: string
  readonly lladdr?: string
  readonly dev?: string
  readonly state?: readonly string[]
}

/** What a namespace's interfaces, routes and fixed neighbours are, in the guest's terms. Loopback is the guest's own. */
export async function scanNetwork(ip: IpCommand): Promise<GuestNetwork> {
  const entries = (await ip.json(['-details', 'address', 'show'])) as readonly AddressEntry[]
  const links = entries.filter(isGuestLink).map(toLink)
  if (links.length === 0) return {links, routes: [], neighbours: []}
  const [routes4, routes6, neighbours] = await Promise.all([
    ip.json(['-4', 'route', 'show', 'table', 'main']),
    ip.json(['-6', 'route', 'show', 'table', 'main']),
    ip.json(['neighbour', 'show', 'nud', 'permanent']),
  ])
  const names = new Set(links.map((link) => link.name))
  return {
    links,
    routes: [...toRoutes(routes4 as RouteEntry[], 4, names), ...toRoutes(routes6 as RouteEntry[], 6, names)],
    neighbours: toNeighbours(neighbours as NeighbourEntry[], names),
  }
}

/** Not our own taps, but slirp4netns's; a link without Ethernet address cannot be stood in for by a virtio card. */
function isGuestLink({ifname, link_type, linkinfo, flags}: AddressEntry): boolean {
  const isOurs = linkinfo?.info_kind === 'tun' && isTapName(ifname)
  return link_type === 'ether' && !isOurs && (flags?.includes('UP') ?? false)
}

function toLink(entry: AddressEntry): GuestLink {
  const addresses = (entry.addr_info ?? [])
    .filter(({family, scope}) => family === 'inet' || scope !== 'link')
    .flatMap(({local, prefixlen}) => (local === undefined ? [] : [`${local}/${prefixlen}`]))
  const noArp = entry.flags?.includes('NOARP') ? {noArp: true} : {}
  return {mac: entry.address ?? '', name: entry.ifname, mtu: entry.mtu ?? 1500, addresses, ...noArp}
}

/** The kernel makes the routes of addresses itself; multicast and link-local ones come with the interface. */
function toRoutes(entries: readonly RouteEntry[], family: 4 | 6, names: ReadonlySet<string>): GuestRoute[] {
  return entries
    .filter((entry) => entry.dev !== undefined && names.has(entry.dev))
    .filter((entry) => entry.protocol !== 'kernel' && (entry.type ?? 'unicast') === 'unicast')
    .map((entry) => ({
      ...(entry.dst === undefined || entry.dst === 'default' ? {} : {destination: withPrefix(entry.dst)}),
      ...(entry.gateway === undefined ? {} : {gateway: entry.gateway}),
      link: entry.dev ?? '',
      ...(entry.prefsrc === undefined ? {} : {source: entry.prefsrc}),
      ...(entry.metric === undefined ? {} : {metric: entry.metric}),
      ...(entry.scope === 'link' ? {scope: 'link' as const} : {}),
      family,
    }))
}

function toNeighbours(entries: readonly NeighbourEntry[], names: ReadonlySet<string>) {
  return entries.flatMap(({dst, lladdr, dev}) =>
    dst !== undefined && lladdr !== undefined && dev !== undefined && names.has(dev)
      ? [{address: dst, mac: lladdr, link: dev}]
      : [],
  )
}

function withPrefix(destination: string): string {
  if (destination.includes('/')) return destination
  return `${destination}/${isIPv6(destination) ? 128 : 32}`
}
