import type {ByteString, Timestamp} from '../../src/host/index.ts'
import {invalid} from './tar-header.ts'

const EQUALS = 0x3d
const BLANK = 0x20
const NEWLINE = 0x0a

/** The records of a pax extended header; values are bytes, because extended attributes are. A later one replaces an earlier. */
export interface PaxRecords {
  readonly values: ReadonlyMap<ByteString, Uint8Array>
  /** The repeated records of GNU's sparse format 0.0, in order: offset, length, offset, length… */
  readonly sparsePairs: readonly number[]
}

/** @see pax(1), pax Extended Header: `LENGTH KEY=VALUE\n`. @throws ERR_ARCHIVE_INVALID */
export function decodePax(bytes: Buffer): PaxRecords {
  const values = new Map<ByteString, Uint8Array>()
  const sparsePairs: number[] = []
  for (let at = 0; at < bytes.length; ) {
    const {key, value, end} = decodeRecord(bytes, at)
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') sparsePairs.push(paxNumber(value, key))
    else values.set(key, value)
    at = end
  }
  return {values, sparsePairs}
}

export function paxText(value: Uint8Array): ByteString {
  return Buffer.from(value.buffer, value.byteOffset, value.length).toString('latin1')
}

/** A whole number of zero or more. */
export function paxNumber(value: Uint8Array, what: string): number {
  const digits = paxText(value)
  const result = Number(digits)
  if (!/^\d+$/.test(digits) || !Number.isSafeInteger(result)) throw invalid(`${what} is no number`)
  return result
}

/** Seconds with a fraction, also below zero: `-1.25` is 750 ms after second -2. */
export function paxTime(value: Uint8Array): Timestamp {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(paxText(value))
  const seconds = Number(match?.[2])
  if (!match || !Number.isSafeInteger(seconds)) throw invalid('time is no number')
  const nanoseconds = Number((match[3] ?? '').slice(0, 9).padEnd(9, '0'))
  if (match[1] === '') return {seconds, nanoseconds}
  return nanoseconds === 0 ? {seconds: -seconds, nanoseconds} : {seconds: -seconds - 1, nanoseconds: 1e9 - nanoseconds}
}

function decodeRecord(bytes: Buffer, start: number): {key: ByteString; value: Uint8Array; end: number} {
  const blank = bytes.indexOf(BLANK, start)
  const digits = bytes.toString('latin1', start, Math.min(blank, start + 20))
  const end = start + Number(digits)
  if (blank < 0 || !/^\d+$/.test(digits) || end > bytes.length || bytes[end - 1] !== NEWLINE)
    throw invalid('extended header record is not valid')
  const equals = bytes.indexOf(EQUALS, blank)
  if (equals < 0 || equals >= end || equals === blank + 1) throw invalid('extended header record is not valid')
  const key = bytes.toString('latin1', blank + 1, equals)
  const value = bytes.subarray(equals + 1, end - 1)
  if (key.includes('\0') || (isName(key) && value.includes(0)))
    throw invalid(`NUL in extended header record ${JSON.stringify(key)}`)
  return {key, value, end}
}

function isName(key: ByteString): boolean {
  return key === 'path' || key === 'linkpath' || key === 'GNU.sparse.name'
}
