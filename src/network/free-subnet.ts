import {randomBytes} from 'node:crypto'
import {EngineError} from '../errors/index.ts'
import {type Cidr, formatCidr, overlaps, parseCidr, toAddress} from './cidr.ts'
import type {NetworkRecord, Subnet} from './network-record.ts'

/** Where subnets without a wish are taken from. @see containers.conf network.default_subnet_pools */
export interface SubnetPool {
  readonly base: string
  readonly size: number
}

export function subnetsOf(records: readonly NetworkRecord[]): readonly Cidr[] {
  return records.flatMap(({subnets}) => (subnets ?? []).map(({subnet}) => parseCidr(subnet)))
}

/** @throws ERR_REFUSED in podman's words when it overlaps one that is used */
export function requireUnused(subnet: Cidr, used: readonly Cidr[]): void {
  if (used.some((other) => overlaps(subnet, other)))
    throw new EngineError(
      'ERR_REFUSED',
      `subnet ${formatCidr(subnet)} is already used on the host or by another config`,
    )
}

export function freeIPv4Subnet(pools: readonly SubnetPool[], used: readonly Cidr[]): Subnet {
  for (const pool of pools) {
    const base = parseCidr(pool.base)
    const size = 1n << BigInt(32 - pool.size)
    for (let first = base.first; first <= base.last; first += size) {
      const candidate: Cidr = {bits: 32, prefix: pool.size, first, last: first + size - 1n}
      if (!used.some((other) => overlaps(candidate, other))) return withGateway(candidate)
    }
  }
  throw new EngineError('ERR_REFUSED', 'could not find free subnet from subnet pools')
}

/** A random unique local /64. @see RFC 4193 section 3.2.2 */
export function freeIPv6Subnet(used: readonly Cidr[]): Subnet {
  for (;;) {
    const first = (0xfdn << 120n) | (BigInt(`0x${randomBytes(7).toString('hex')}`) << 64n)
    const candidate: Cidr = {bits: 128, prefix: 64, first, last: first + (1n << 64n) - 1n}
    if (!used.some((other) => overlaps(candidate, other))) return withGateway(candidate)
  }
}

export function withGateway(cidr: Cidr): Subnet {
  const isOneAddress = cidr.first === cidr.last
  return {subnet: formatCidr(cidr), gateway: toAddress(isOneAddress ? cidr.first : cidr.first + 1n, cidr.bits)}
}
