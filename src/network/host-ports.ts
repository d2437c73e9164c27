import {closeSync} from 'node:fs'
import {EngineError, isErrno} from '../errors/index.ts'
import {syscall} from '../host/index.ts'
import {addressBits, toNumber} from './cidr.ts'
import type {PortMapping} from './network-record.ts'

const family = {4: 2, 6: 10} as const
const socketTypes = {tcp: 1, udp: 2, sctp: 5} as const
const CLOEXEC = 0o2000000
const SOL_SOCKET = 1
const SO_REUSEADDR = 2

/**
 * Binds the host ports of a container, so that a port in use is refused before the container starts and nobody takes
 * it later. The sockets accept nothing (the firewall redirects first); the shim inherits them and holds them.
 * @returns descriptors, the caller's to pass on or close
 * @throws ERR_PORT_IN_USE in podman's words, with nothing left open
 */
export function bindHostPorts(mappings: readonly PortMapping[]): readonly number[] {
  const descriptors: number[] = []
  try {
    for (const mapping of mappings)
      for (let offset = 0; offset < mapping.range; offset++)
        if (mapping.protocol !== 'sctp' || knowsSctp())
          descriptors.push(bindPort(mapping.protocol, mapping.host_ip, mapping.host_port + offset))
    return descriptors
  } catch (error) {
    for (const descriptor of descriptors) closeSync(descriptor)
    throw error
  }
}

/** Without the kernel's module nobody can have such a port; the firewall redirects it all the same. */
function knowsSctp(): boolean {
  try {
    closeSync(openSocket(4, 'sctp'))
    return true
  } catch {
    return false
  }
}

/** A host port that is free now. */
export function freeHostPort(protocol: PortMapping['protocol'], hostIP: string): number {
  const descriptor = bindPort(protocol, hostIP, 0)
  try {
    return boundPort(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function bindPort(protocol: PortMapping['protocol'], hostIP: string, port: number): number {
  const version = addressBits(hostIP) === 128 ? 6 : 4
  const descriptor = openSocket(version, protocol)
  try {
    if (protocol !== 'udp') allowAfterConnections(descriptor)
    const address = socketAddress(version, hostIP, port)
    syscall('int bind(int fd, const uint8_t *address, unsigned int length)', descriptor, address, address.length)
    if (protocol !== 'udp') syscall('int listen(int fd, int backlog)', descriptor, 1)
    return descriptor
  } catch (cause) {
    closeSync(descriptor)
    if (!isErrno(cause, 'EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES')) throw cause
    throw new EngineError('ERR_PORT_IN_USE', portError(protocol, version, hostIP, port, cause), {cause})
  }
}

function openSocket(version: 4 | 6, protocol: PortMapping['protocol']): number {
  const type = socketTypes[protocol] | CLOEXEC
  return syscall('int socket(int domain, int type, int protocol)', family[version], type, 0)
}

/** A port that nobody listens on is free, though connections to who did linger for a minute. For datagrams it would mean to share. */
function allowAfterConnections(descriptor: number): void {
  const yes = Buffer.from([1, 0, 0, 0])
  syscall(
    'int setsockopt(int fd, int level, int name, const uint8_t *value, unsigned int length)',
    ...[descriptor, SOL_SOCKET, SO_REUSEADDR, yes, yes.length],
  )
}

function portError(
  protocol: string,
  version: 4 | 6,
  hostIP: string,
  port: number,
  cause: NodeJS.ErrnoException,
): string {
  const reason =
    cause.code === 'EADDRINUSE'
      ? 'address already in use'
      : cause.code === 'EACCES'
        ? 'permission denied'
        : 'cannot assign requested address'
  const host = version === 6 ? `[${hostIP}]` : hostIP
  return `cannot listen on the ${protocol.toUpperCase()} port: listen ${protocol}${version} ${host}:${port}: bind: ${reason}`
}

/** @see ip(7), ipv6(7): struct sockaddr_in and sockaddr_in6 */
function socketAddress(version: 4 | 6, hostIP: string, port: number): Uint8Array {
  const bytes = Buffer.alloc(version === 4 ? 16 : 28)
  bytes.writeUInt16LE(family[version], 0)
  bytes.writeUInt16BE(port, 2)
  if (version === 4) bytes.writeUInt32BE(Number(toNumber(hostIP || '0.0.0.0')), 4)
  else bytes.write(toNumber(hostIP).toString(16).padStart(32, '0'), 8, 'hex')
  return bytes
}

function boundPort(descriptor: number): number {
  const address = Buffer.alloc(28)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(address.length)
  syscall('int getsockname(int fd, _Out_ uint8_t *address, _Inout_ uint8_t *length)', descriptor, address, length)
  return address.readUInt16BE(2)
}
