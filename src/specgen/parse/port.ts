import {isIP} from 'node:net'
import type {PortMapping} from '../../libpod/define/container-config.ts'
import {refuse} from '../refuse.ts'
import {integer} from './numbers.ts'

/** One `--publish`; `hostPort` 0 for one that the engine picks. */
export type PublishedPort = PortMapping

const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const

/** `[[IP:][HOSTPORT[-END]]:]PORT[-END][/PROTOCOL]`. @throws ERR_REFUSED in podman's words */
export function parsePublish(text: string): PublishedPort[] {
  const [ports = '', protocolText = 'tcp'] = text.split('/')
  const {ip, host, container} = splitPublish(ports)
  const [first, last] = range(container, 'container')
  if (host === undefined || host === '')
    return protocols(protocolText, {ip, hostPort: 0, port: first, range: last - first + 1})
  const [hostFirst, hostLast] = range(host, 'host')
  const [hostCount, count] = [hostLast - hostFirst + 1, last - first + 1]
  if (hostCount !== count && count !== 1) {
    refuse(`host and container port ranges have different lengths: ${hostCount} vs ${count}`)
  }
  if (hostCount !== count) refuse(`host and container port ranges have different lengths: ${hostCount} vs ${count}`)
  return protocols(protocolText, {ip, hostPort: hostFirst, port: first, range: count})
}

function splitPublish(text: string): {ip: string; host?: string; container: string} {
  const bracket = /^\[([^\]]*)\]:(.*)$/.exec(text)
  const ip = bracket?.[1]
  const parts = (bracket?.[2] ?? text).split(':')
  if (ip !== undefined) parts.unshift(ip)
  const [a = '', b, c, ...more] = parts
  if (more.length > 0)
    refuse(`invalid port format, expected [[ip:]hostPort:]containerPort, got ${JSON.stringify(text)}`)
  if (b === undefined) return {ip: '', container: a}
  if (c === undefined) return ip === undefined ? {ip: '', host: a, container: b} : {ip, host: '', container: b}
  if (a !== '' && isIP(a) === 0) refuse(`cannot parse ${JSON.stringify(a)} as an IP address`)
  return {ip: a === '0.0.0.0' ? '' : a, host: b, container: c}
}

function protocols(text: string, port: {ip: string; hostPort: number; port: number; range: number}): PublishedPort[] {
  return text.split(',').map((word) => {
    const protocol = PROTOCOLS.find((known) => known === word.toLowerCase())
    if (!protocol) refuse(`unrecognized protocol ${JSON.stringify(word)} in port mapping`)
    return {hostIP: port.ip, hostPort: port.hostPort, containerPort: port.port, range: port.range, protocol}
  })
}

function range(text: string, what: 'host' | 'container'): [number, number] {
  const [first = '', last = first, ...more] = text.split('-')
  if (more.length > 0) refuse(`parsing ${what} port: invalid port range ${text}`)
  const numbers: [number, number] = [portNumber(first, what), portNumber(last, what)]
  if (numbers[0] > numbers[1])
    refuse(`parsing ${what} port: end port ${numbers[1]} must be greater than start port ${numbers[0]}`)
  return numbers
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
  if (Number(last) < Number(first) || Number(last) > 65535) refuse(`invalid range format for --expose: ${text}`)
  return Array.from({length: Number(last) - Number(first) + 1}, (_, index) => `${Number(first) + index}/${protocol}`)
}
