import {parseGoBool} from '../../config/go-bool.ts'

const PATTERN = /^([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/

/** Why a value of an option does not parse: the text behind `invalid argument "x" for "--y" flag: `. */
export class ValueError extends Error {}

/** An integer as Go's `strconv.ParseInt(text, 0, bits)` reads it: decimal, 0x, 0o, 0b, and 0 for octal. */
export function parseSigned(text: string, bits: 32 | 64): number {
  const value = bigintOf(text, 'ParseInt', true)
  const limit = 1n << BigInt(bits - 1)
  if (value >= limit || value < -limit) throw outOfRange('ParseInt', text)
  return Number(value)
}

/** As `strconv.ParseUint`: no sign at all. */
export function parseUnsigned(text: string, bits: 32 | 64): number {
  const value = bigintOf(text, 'ParseUint', false)
  if (value >= 1n << BigInt(bits)) throw outOfRange('ParseUint', text)
  return Number(value)
}

export function parseFloat64(text: string): number {
  if (!/^[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?)$/.test(text)) throw invalidSyntax('ParseFloat', text)
  return Number(text)
}

/** As `strconv.ParseBool`. */
export function parseBool(text: string): boolean {
  const value = parseGoBool(text)
  if (value === undefined) throw invalidSyntax('ParseBool', text)
  return value
}

function bigintOf(text: string, name: string, signed: boolean): bigint {
  const match = PATTERN.exec(text.replace(/(?<=[0-9a-fA-FxXbBoO])_(?=[0-9a-fA-F])/g, ''))
  if (!match || (!signed && match[1] !== '')) throw invalidSyntax(name, text)
  const digits = (match[2] ?? '').replace(/^0[oO]?(?=[0-7])/, '0o')
  return match[1] === '-' ? -BigInt(digits) : BigInt(digits)
}

function invalidSyntax(name: string, text: string): ValueError {
  return new ValueError(`strconv.${name}: parsing ${JSON.stringify(text)}: invalid syntax`)
}

function outOfRange(name: string, text: string): ValueError {
  return new ValueError(`strconv.${name}: parsing ${JSON.stringify(text)}: value out of range`)
}
