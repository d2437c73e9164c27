import {EngineError} from '../../src/errors/index.ts'
import type {ByteString} from '../../src/host/index.ts'

export const BLOCK = 512

/** The fields of one header block, undigested. @see tar(5); pax(1), ustar Interchange Format */
export interface TarHeader {
  readonly name: ByteString
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Bytes that follow, without padding. */
  readonly size: number
  readonly mtime: number
  /** One character; NUL reads as '0'. */
  readonly typeFlag: string
  readonly linkName: ByteString
  readonly deviceMajor: number
  readonly deviceMinor: number
}

/** Undefined for a block of zeros. @throws ERR_ARCHIVE_INVALID */
export function decodeHeader(block: Buffer): TarHeader | undefined {
  const sums = checksums(block)
  if (sums.unsigned === 8 * 0x20) return undefined
  const stored = number(block, 148, 8, 'checksum')
  if (stored !== sums.unsigned && stored !== sums.signed) throw invalidHeader('the checksum does not match')
  const magic = block.toString('latin1', 257, 263)
  const prefix = magic === 'ustar\0' ? text(block, 345, isStar(block) ? 131 : 155) : ''
  const name = text(block, 0, 100)
  const hasDevice = magic === 'ustar\0' || magic === 'ustar '
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: number(block, 100, 8, 'mode'),
    uid: number(block, 108, 8, 'uid'),
    gid: number(block, 116, 8, 'gid'),
    size: size(block),
    mtime: number(block, 136, 12, 'mtime'),
    typeFlag: block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0),
    linkName: text(block, 157, 100),
    deviceMajor: hasDevice ? number(block, 329, 8, 'device') : 0,
    deviceMinor: hasDevice ? number(block, 337, 8, 'device') : 0,
  }
}

/** A number field: octal digits, or (GNU) big-endian binary with the first bit set. */
export function number(block: Buffer, offset: number, length: number, what: string): number {
  const first = block[offset] ?? 0
  if (first & 0x80) return binary(block, offset, length, what)
  const digits = text(block, offset, length).trim()
  if (digits === '') return 0
  if (!/^[0-7]+$/.test(digits)) throw invalidHeader(`${what} is no octal number`)
  return Number.parseInt(digits, 8)
}

/** The bytes up to the first NUL. */
export function text(block: Buffer, offset: number, length: number): ByteString {
  const end = block.indexOf(0, offset)
  return block.toString('latin1', offset, end < 0 || end > offset + length ? offset + length : end)
}

export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK
}

export function invalid(reason: string): EngineError {
  return new EngineError('ERR_ARCHIVE_INVALID', `archive/tar: ${reason}`)
}

/** Begins as podman's message does, which scripts look for. */
function invalidHeader(reason: string): EngineError {
  return invalid(`invalid tar header: ${reason}`)
}

function size(block: Buffer): number {
  const value = number(block, 124, 12, 'size')
  if (value < 0) throw invalidHeader('size is negative')
  return value
}

function binary(block: Buffer, offset: number, length: number, what: string): number {
  const negative = block[offset] === 0xff
  let value = negative ? -1n : BigInt((block[offset] ?? 0) & 0x7f)
  for (const byte of block.subarray(offset + 1, offset + length)) value = (value << 8n) | BigInt(byte)
  const result = Number(value)
  if (!Number.isSafeInteger(result)) throw invalidHeader(`${what} is too large`)
  return result
}

/** The sum counts the checksum's own field as blanks; old tars summed signed bytes. */
function checksums(block: Buffer): {unsigned: number; signed: number} {
  let [unsigned, high] = [8 * 0x20, 0]
  for (let at = 0; at < BLOCK; at++) {
    if (at === 148) at = 156
    const byte = block[at] ?? 0
    unsigned += byte
    if (byte > 127) high++
  }
  return {unsigned, signed: unsigned - high * 256}
}

/** Schilling's star ends its prefix earlier and puts times behind it. */
function isStar(block: Buffer): boolean {
  return block.toString('latin1', 508, 512) === 'tar\0'
}
