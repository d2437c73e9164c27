import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import type {ContainerNetwork} from '../../network/index.ts'
import {addHosts, addNameServers, removeHosts, removeNameServers} from '../../oci/spec/index.ts'
import {dnsServersOf, hostsEntries, networkNames} from './container-network.ts'
import type {HeldContainer} from './held-container.ts'

/** Tells a running container's /etc/hosts and /etc/resolv.conf of a network that it has joined. May be repeated. */
export function addNetworkToFiles(held: HeldContainer, network: ContainerNetwork, name: string): void {
  const entries = hostsEntries(held, network, name)
  const others = networkNames(network).filter((other) => other !== name)
  const known = others.flatMap((other) => hostsEntries(held, network, other))
  edit(held, 'hosts', (text) => addHosts(removeHosts(text, entries), known, entries))
  const servers = usableServers(network, name)
  if (servers.length > 0) edit(held, 'resolv.conf', (text) => addNameServers(text, servers))
}

/** @param network as it was before */
export function removeNetworkFromFiles(held: HeldContainer, network: ContainerNetwork, name: string): void {
  edit(held, 'hosts', (text) => removeHosts(text, hostsEntries(held, network, name)))
  const servers = dnsServersOf(network, name)
  if (servers.length > 0) edit(held, 'resolv.conf', (text) => removeNameServers(text, servers))
}

function usableServers(network: ContainerNetwork, name: string): readonly string[] {
  const addresses = Object.values(network.input.networks).flatMap(({static_ips}) => static_ips ?? [])
  const hasIPv6 = addresses.some((address) => address.includes(':'))
  return dnsServersOf(network, name).filter((server) => hasIPv6 || !server.includes(':'))
}

/** In place: the container has this very file mounted. A container that has none is left without. */
function edit({bundle}: HeldContainer, file: string, change: (text: string) => string): void {
  const path = join(bundle, file)
  try {
    const text = readFileSync(path, 'utf8')
    const changed = change(text)
    if (changed !== text) writeFileSync(path, changed)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}
