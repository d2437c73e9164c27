import {isIP} from 'node:net'
import type {PortMapping} from '../../libpod/define/container-config.ts'
import {refuse} from '../refuse.ts'
import {integer} from './numbers.ts'

/** One `--publish`; `hostPort` 0 for one that the engine picks. */
export type PublishedPort = PortMapping

const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const

/** `[[IP:][HOSTPORT[-END]]:]PORT[-END][/PROTOCOL]`. @throws ERR_REFUSED in podman's words */
export function parsePublish(text: string): PublishedPort[] {
  const [ports = '', protocol, ...more] = text.split('/')
  if (more.length > 0) refuse('invalid port format - protocol can only be specified once')
  const {ip, host, container} = splitPublish(ports)
  if (container === '') refuse('must provide a non-empty container port to publish')
  const inside = range(container, 'container')
  const protocols = protocolsOf(protocol)
  const hostIP = ip === undefined ? '' : checkAddress(ip)
  const outside = host === undefined || host === '' ? undefined : range(host, 'host')
  if (outside && outside.count !== inside.count)
    refuse(`host and container port ranges have different lengths: ${outside.count} vs ${inside.count}`)
  return protocols.map((word) => ({
    ...{hostIP, hostPort: outside?.first ?? 0, containerPort: inside.first, range: inside.count, protocol: word},
  }))
}

interface Publish {
  readonly ip?: string
  readonly host?: string
  readonly container: string
}

function splitPublish(text: string): Publish {
  const [before = '', after, ...more] = text.split(']')
  if (more.length > 0) refuse('invalid port format - at most one IPv6 address can be specified in a --publish')
  const [a = '', b, c, ...others] = (after === undefined ? before : afterBracket(before, after)).split(':')
  if (others.length > 0) refuse('invalid port format - format is [[hostIP:]hostPort:]containerPort')
  if (after === undefined) {
    if (b === undefined) return {container: a}
    return c === undefined ? {host: a, container: b} : {ip: a, host: b, container: c}
  }
  if (b === undefined) refuse('invalid port format - must provide host and destination port if specifying an IP')
  if (c !== undefined) refuse('invalid port format - when v6 address specified, must be [ipv6]:hostPort:ctrPort')
  return {ip: before.slice(1), host: a, container: b}
}

function afterBracket(before: string, after: string): string {
  if (!before.startsWith('[')) refuse('invalid port format - IPv6 addresses must be enclosed by []')
  if (!after.startsWith(':')) refuse("invalid port format - IPv6 address must be followed by a colon (':')")
  return after.slice(1)
}

/** Everywhere on the host is written as nothing. */
function checkAddress(ip: string): string {
  if (ip === '') refuse('must provide a non-empty container host IP to publish')
  if (isIP(ip) === 0) refuse(`cannot parse ${JSON.stringify(ip)} as an IP address`)
  return ip === '0.0.0.0' ? '' : ip
}

function protocolsOf(text = 'tcp'): readonly PublishedPort['protocol'][] {
  if (text === '') refuse('must provide a non-empty protocol to publish')
  return text.split(',').map((word) => {
    const known = PROTOCOLS.find((protocol) => protocol === word.toLowerCase())
    return known ?? refuse(`unrecognized protocol ${JSON.stringify(word)} in port mapping`)
  })
}

function range(text: string, what: 'host' | 'container'): {readonly first: number; readonly count: number} {
  const words = text.split('-')
  const [start = '', end] = words
  if (words.length > 2)
    refuse(`parsing ${what} port: invalid port format - port ranges are formatted as startPort-stopPort`)
  if (start === '') refuse(`parsing ${what} port: port numbers cannot be negative`)
  const first = portNumber(start, what)
  if (end === undefined) return {first, count: 1}
  if (end === '') refuse(`parsing ${what} port: must provide ending number for port range`)
  const last = portNumber(end, what)
  if (last <= first)
    refuse(
      `parsing ${what} port: the end port of a range must be higher than the start port - ${last} is not higher than ${first}`,
    )
  return {first, count: last - first + 1}
}

function portNumber(text: string, what: 'host' | 'container'): number {
  const number = integer(text, `parsing ${what} port: invalid port number: `)
  if (number >= 1 && number <= 65535) return number
  return refuse(`parsing ${what} port: port numbers must be between 1 and 65535 (inclusive), got ${number}`)
}

/** `PORT[-END][/PROTOCOL]` → `PORT/PROTOCOL` each. @throws ERR_REFUSED */
export function parseExpose(text: string): string[] {
  const [ports = '', protocol = 'tcp'] = text.split('/')
  const [first = '', last = first] = ports.split('-')
  for (const word of [first, last]) {
    if (!/^\d+$/.test(word)) {
      refuse(
        `invalid range format for --expose: ${text}: strconv.ParseUint: parsing ${JSON.stringify(word)}: invalid syntax`,
      )
    }
  }
  if (Number(last) < Number(first) || Number(last) > 65535)
    refuse(`invalid range format for --expose: ${text}: Invalid range specified for the Port: ${ports}`)
  if (!['tcp', 'udp', 'sctp'].includes(protocol.toLowerCase()))
    refuse(
      `validating protocols for exposed port ${Number(first)}: unrecognized protocol ${JSON.stringify(protocol)} in port mapping`,
    )
  return Array.from({length: Number(last) - Number(first) + 1}, (_, index) => `${Number(first) + index}/${protocol}`)
}
