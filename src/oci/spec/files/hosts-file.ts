import {readFileSync} from 'node:fs'
import {networkInterfaces} from 'node:os'
import {EngineError, isErrno} from '../../../errors/index.ts'
import {resolveInRoot} from '../../../host/index.ts'
import type {SpecTemplate} from '../spec-template.ts'
import type {FilesContext} from './files-context.ts'

export interface HostsEntry {
  readonly ip: string
  readonly names: readonly string[]
}

const HOST_NAMES = ['host.containers.internal', 'host.docker.internal']

/**
 * /etc/hosts: what `--add-host` names, then the base file (the host's own unless told otherwise), then the host and the
 * container itself. A name that an earlier entry has is not given again.
 */
export function hostsFile(template: SpecTemplate, context: FilesContext): string {
  const hostAddress = context.network.hostAddress ?? firstAddressOfHost()
  const entries = template.hostsFile.extraHosts.flatMap((host) => extraEntries(host, hostAddress))
  entries.push(...baseEntries(template.hostsFile.base, context.rootfs))
  if (hostAddress) entries.push(unknownNames({ip: hostAddress, names: HOST_NAMES}, entries))
  entries.push(...ownEntries(template, context).map((entry) => unknownNames(entry, entries)))
  return formatHosts(entries)
}

/**
 * The same file with the lines of a network that comes later, if the container's other lines are still there: a file
 * that the container has made its own stays as it is.
 */
export function addHosts(text: string, known: readonly HostsEntry[], added: readonly HostsEntry[]): string {
  const isOurs = known.length === 0 || parseHosts(text).some((entry) => isOneOf(entry, known))
  return isOurs ? text + formatHosts(added) : text
}

export function removeHosts(text: string, gone: readonly HostsEntry[]): string {
  return formatHosts(parseHosts(text).filter((entry) => !isOneOf(entry, gone)))
}

function formatHosts(entries: readonly HostsEntry[]): string {
  const lines = entries.filter(({names}) => names.length > 0).map(({ip, names}) => `${ip}\t${names.join(' ')}\n`)
  return lines.join('')
}

/** A line counts as ours with any of our names: others may have been left out as known already. */
function isOneOf(entry: HostsEntry, list: readonly HostsEntry[]): boolean {
  return list.some(({ip, names}) => ip === entry.ip && entry.names.every((name) => names.includes(name)))
}

/** `HOST[;HOST…]:IP`; the address `host-gateway` is that of the host. */
function extraEntries(text: string, hostAddress: string | undefined): HostsEntry[] {
  const colon = text.indexOf(':')
  const names = text.slice(0, colon).split(';')
  const word = text.slice(colon + 1)
  if (word !== 'host-gateway') return [{ip: word, names}]
  if (!hostAddress) {
    throw new EngineError(
      'ERR_REFUSED',
      `unable to replace "host-gateway" of host entry "${text}": host containers internal IP address is empty`,
    )
  }
  return [{ip: hostAddress, names}]
}

function baseEntries(base: string, rootfs: string): HostsEntry[] {
  if (base === 'none') return []
  const path = base === 'image' ? resolveInRoot(rootfs, '/etc/hosts') : base || '/etc/hosts'
  try {
    return parseHosts(readFileSync(path, 'utf8'))
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR') && (base === '' || base === 'image')) return []
    throw new EngineError('ERR_REFUSED', `unable to read base hosts file ${path}`, {cause: error})
  }
}

function parseHosts(text: string): HostsEntry[] {
  return text.split('\n').flatMap((line) => {
    const [ip = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    return names.length > 0 ? [{ip, names}] : []
  })
}

/** On the host's network its own entries, already in the base file, are right; without any network, loopback is. */
function ownEntries({namespaces, hostname, name}: SpecTemplate, {network}: FilesContext): HostsEntry[] {
  if (network.addresses.length > 0) return [...network.addresses]
  if (namespaces.network.mode === 'host') return []
  return [{ip: '127.0.0.1', names: [hostname.effective, name].filter((word) => word !== '')}]
}

function unknownNames({ip, names}: HostsEntry, entries: readonly HostsEntry[]): HostsEntry {
  const known = new Set(entries.flatMap((entry) => entry.names))
  return {ip, names: names.filter((name) => !known.has(name))}
}

function firstAddressOfHost(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const usable = addresses.filter(({internal, scopeid}) => !internal && !scopeid)
  return (usable.find(({family}) => family === 'IPv4') ?? usable[0])?.address
}
