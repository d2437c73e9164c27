import ipaddr from 'ipaddr.js'
import {EngineError} from '../errors/index.ts'

/** An address range as numbers, so that it can be compared and counted through. */
export interface Cidr {
  readonly bits: 32 | 128
  readonly prefix: number
  /** The network address. */
  readonly first: bigint
  /** The broadcast address, or the last one of an IPv6 subnet. */
  readonly last: bigint
}

/** @throws ERR_REFUSED with Go's words for a malformed CIDR, which podman prints */
export function parseCidr(text: string): Cidr {
  const [address = '', prefixText = ''] = text.split('/')
  const prefix = Number(prefixText)
  const bits = addressBits(address)
  if (!bits || !/^\d+$/.test(prefixText) || prefix > bits) throw invalid(`invalid CIDR address: ${text}`)
  const size = 1n << BigInt(bits - prefix)
  const number = toNumber(address)
  const first = number - (number % size)
  return {bits, prefix, first, last: first + size - 1n}
}

export function formatCidr(cidr: Cidr): string {
  return `${toAddress(cidr.first, cidr.bits)}/${cidr.prefix}`
}

export function contains(cidr: Cidr, address: string): boolean {
  if (addressBits(address) !== cidr.bits) return false
  const number = toNumber(address)
  return number >= cidr.first && number <= cidr.last
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.bits === b.bits && a.first <= b.last && b.first <= a.last
}

/** 32 or 128, or undefined when `text` is no address. IPv4 must have four parts, as Go wants it. */
export function addressBits(text: string): 32 | 128 | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return 32
  return ipaddr.IPv6.isValid(text) && !text.includes('%') ? 128 : undefined
}

export function toNumber(address: string): bigint {
  return ipaddr
    .parse(address)
    .toByteArray()
    .reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

/** The address in its canonical text form (RFC 5952). */
export function toAddress(number: bigint, bits: 32 | 128): string {
  const bytes = Array.from({length: bits / 8}, (_, i) => Number((number >> BigInt(bits - 8 * (i + 1))) & 0xffn))
  return ipaddr.fromByteArray(bytes).toString()
}

export function canonicalAddress(text: string): string {
  const bits = addressBits(text)
  if (!bits) throw invalid(`invalid IP address: ${text}`)
  return toAddress(toNumber(text), bits)
}

function invalid(detail: string): EngineError {
  return new EngineError('ERR_REFUSED', detail)
}
