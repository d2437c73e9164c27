import {EngineError} from '../errors/index.ts'
import {addressBits, type Cidr, canonicalAddress, contains, formatCidr, overlaps, parseCidr, toAddress} from './cidr.ts'
import {freeIPv4Subnet, freeIPv6Subnet, requireUnused, type SubnetPool, withGateway} from './free-subnet.ts'
import type {Subnet} from './network-record.ts'

/** `--subnet` with its `--gateway` and `--ip-range`, as typed. */
export interface SubnetWish {
  readonly subnet: string
  readonly gateway?: string
  readonly ipRange?: string
}

export interface SubnetRules {
  /** Taken already: not to be overlapped. */
  readonly used: readonly Cidr[]
  /** The first address becomes the gateway where none was asked for. */
  readonly addGateway: boolean
}

/** The subnets that were asked for, checked. @throws ERR_REFUSED in podman's words */
export function wishedSubnets(wishes: readonly SubnetWish[], {used, addGateway}: SubnetRules): readonly Subnet[] {
  const cidrs = wishes.map(({subnet}) => parseCidr(subnet))
  return wishes.map((wish, index) => {
    const cidr = cidrs[index] ?? parseCidr(wish.subnet)
    requireApart(cidr, cidrs.slice(index + 1))
    requireUnused(cidr, used)
    const subnet = formatCidr(cidr)
    const gateway = wish.gateway ? canonicalAddress(wish.gateway) : addGateway ? withGateway(cidr).gateway : undefined
    if (gateway && !contains(cidr, gateway)) refuse(`gateway ${gateway} not in subnet ${subnet}`)
    return {
      subnet,
      ...(gateway && {gateway}),
      ...(wish.ipRange && {lease_range: leaseRange(wish.ipRange, cidr)}),
    }
  })
}

function requireApart(subnet: Cidr, others: readonly Cidr[]): void {
  const text = formatCidr(subnet)
  for (const other of others.filter((each) => overlaps(each, subnet)))
    refuse(
      formatCidr(other) === text
        ? `duplicate subnets detected: ${text}`
        : `overlapping subnets detected: ${text} and ${formatCidr(other)}`,
    )
}

/** A bridge gets an IPv4 subnet when none was asked for, and with `--ipv6` one of each family. */
export function withMissingSubnets(
  given: readonly Subnet[],
  ipv6: boolean,
  used: readonly Cidr[],
  pools: readonly SubnetPool[],
): readonly Subnet[] {
  const has = (bits: number) => given.some(({subnet}) => parseCidr(subnet).bits === bits)
  return [
    ...given,
    ...(given.length === 0 || (ipv6 && !has(32)) ? [freeIPv4Subnet(pools, used)] : []),
    ...(ipv6 && !has(128) ? [freeIPv6Subnet(used)] : []),
  ]
}

/** `--ip-range` is a CIDR or `FIRST-LAST`. */
function leaseRange(text: string, subnet: Cidr): NonNullable<Subnet['lease_range']> {
  const [start_ip, end_ip] = text.includes('-') ? bothEnds(text) : cidrEnds(text)
  const where = `not in subnet ${formatCidr(subnet)}`
  if (!contains(subnet, start_ip)) refuse(`lease range start ip ${start_ip} ${where}`)
  if (!contains(subnet, end_ip)) refuse(`lease range end ip ${end_ip} ${where}`)
  return {start_ip, end_ip}
}

function bothEnds(text: string): readonly [string, string] {
  const [start = '', end = ''] = text.split(/-(.*)/s)
  if (!addressBits(start)) refuse(`range start ip "${start}" is not a ip address`)
  if (!addressBits(end)) refuse(`range end ip "${end}" is not a ip address`)
  return [canonicalAddress(start), canonicalAddress(end)]
}

function cidrEnds(text: string): readonly [string, string] {
  const {first, last, bits} = parseCidr(text)
  return [toAddress(first + 1n, bits), toAddress(last, bits)]
}

function refuse(detail: string): never {
  throw new EngineError('ERR_REFUSED', detail)
}
