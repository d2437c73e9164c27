import {isErrno} from '../errors/index.ts'
import {addRoute, removeDefaultRoute} from './kernel/addresses.ts'
import {inWords} from './kernel/in-words.ts'
import {linksInside} from './kernel/inside.ts'
import {found, type Links} from './kernel/links.ts'
import type {NetworkDriver, NetworkInput} from './network-driver.ts'
import type {NetworkRecord, NetworkStatus, Route} from './network-record.ts'

/** As netavark's, for routes that say none. */
const METRIC = 100

/**
 * The static routes of networks, and those without a default route, the same over whoever makes the interfaces: they lie in the
 * container's namespace alone, and old netavarks know neither.
 */
export class RoutedNetworks implements NetworkDriver {
  readonly #interfaces: NetworkDriver

  constructor(interfaces: NetworkDriver) {
    this.#interfaces = interfaces
  }

  async setUp(netns: string, input: NetworkInput): Promise<Readonly<Record<string, NetworkStatus>>> {
    const status = await this.#interfaces.setUp(netns, withoutRoutes(input))
    const routed = Object.entries(input.networks).flatMap(([name, {interface_name}]) => {
      const record = input.network_info[name]
      return record && isRouted(record) ? [{record, interfaceName: interface_name}] : []
    })
    if (routed.length > 0)
      await inWords('setup', () => {
        using inside = linksInside(netns)
        for (const {record, interfaceName} of routed) changeRoutes(inside, interfaceName, record)
      })
    return status
  }

  tearDown(netns: string, input: NetworkInput): Promise<void> {
    return this.#interfaces.tearDown(netns, withoutRoutes(input))
  }
}

function isRouted({routes = [], options}: NetworkRecord): boolean {
  return routes.length > 0 || options?.no_default_route === 'true'
}

function withoutRoutes(input: NetworkInput): NetworkInput {
  const info = Object.entries(input.network_info).map(([name, {routes: _, options, ...record}]) => {
    const {no_default_route: __, ...others} = options ?? {}
    return [name, {...record, ...(Object.keys(others).length > 0 && {options: others})}] as const
  })
  return {...input, network_info: Object.fromEntries(info)}
}

function changeRoutes(inside: Links, interfaceName: string, {routes = [], options, subnets = []}: NetworkRecord): void {
  const {index} = found(inside, interfaceName)
  if (options?.no_default_route === 'true')
    for (const {gateway} of subnets) if (gateway) removeDefaultRoute(inside.socket, index, gateway)
  for (const route of routes) add(inside, route)
}

function add(inside: Links, {destination, gateway, metric = METRIC}: Route): void {
  try {
    addRoute(inside.socket, {destination, gateway, metric})
  } catch (cause) {
    if (isErrno(cause, 'EEXIST')) return
    const route = `add route (dest: ${destination}, gw: ${gateway}, metric ${metric})`
    throw Object.assign(new Error(`${route}: ${(cause as Error).message}`), {cause})
  }
}
