import {parseSize} from '../../config/index.ts'
import {refuse} from '../refuse.ts'

/** Bytes of `64m`. @throws ERR_REFUSED as `invalid size: 'TEXT'`, after `prefix` */
export function bytes(text: string, prefix = ''): number {
  return parseSize(text) ?? refuse(`${prefix}invalid size: '${text}'`)
}

/** @throws ERR_REFUSED in the words of Go's strconv, which podman passes on */
export function unsigned(text: string, prefix: string, bits = 64): number {
  if (!/^\d+$/.test(text)) refuse(`${prefix}strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`)
  if (BigInt(text) >= 2n ** BigInt(bits))
    refuse(`${prefix}strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`)
  return Number(text)
}

export function integer(text: string, prefix: string, parser = 'Atoi'): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  return refuse(`${prefix}strconv.${parser}: parsing ${JSON.stringify(text)}: invalid syntax`)
}

const UNITS: Readonly<Record<string, number>> = {ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9}

/** Nanoseconds of Go's `1h2m3.5s`; undefined when it is none. */
export function durationNs(text: string): number | undefined {
  const match = /^([+-])?((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text)
  if (text === '0') return 0
  if (!match) return undefined
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)]
  const total = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit ?? ''] ?? 0), 0)
  return Math.round(match[1] === '-' ? -total : total)
}
