import {DurationError, parseGoDuration, parseSize} from '../../config/index.ts'
import {refuse} from '../refuse.ts'

/** Bytes of `64m`. @throws ERR_REFUSED as `invalid size: 'TEXT'`, after `prefix` */
export function bytes(text: string, prefix = ''): number {
  const size = parseSize(text)
  return size === undefined || size < 0 ? refuse(`${prefix}invalid size: '${text}'`) : size
}

/** As `bytes`, with decimal units: what podman reads for the size of a log. */
export function decimalBytes(text: string): number {
  return parseSize(text, 1000) ?? refuse(`invalid size: '${text}'`)
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

/** Nanoseconds of Go's `1h2m3.5s`; of another text, `complain` is given Go's reason. @throws ERR_REFUSED by default */
export function durationNs(text: string, complain: (reason: string) => never = refuse): number {
  try {
    return Math.round(parseGoDuration(text))
  } catch (error) {
    if (error instanceof DurationError) return complain(error.message)
    throw error
  }
}
