import {deflateRawSync} from 'node:zlib'
import {letGoWhole} from '../../storage/index.ts'

/** @see RFC 1951 3.2.4: a stored block's length has 16 bits, and stands before it twice, once inverted */
const MOST_BYTES = 0xffff
const HEADER_BYTES = 5
/** How much longer than they were blocks of up to 512 KiB become. */
export const STORED_OVERHEAD = 64

const LOOKED_AT = 4096
const TRIED_BYTES = 16 * 1024
/** In bits for each byte looked at. Of so few, random ones have 7.95. */
const NEARLY_RANDOM = 7.9

/** Whether compressing would be work for nothing, as for what is compressed or encrypted already. */
export function isIncompressible(bytes: Buffer): boolean {
  if (bytes.length < TRIED_BYTES || entropyOf(bytes) < NEARLY_RANDOM) return false
  // Bytes that are spread evenly may still repeat themselves.
  const tried = bytes.subarray(0, TRIED_BYTES)
  const deflated = deflateRawSync(tried, {level: 1, chunkSize: 2 * TRIED_BYTES})
  const {length} = deflated
  // of a long stream it would be megabytes of garbage
  letGoWhole(deflated)
  return length > tried.length * 0.99
}

/**
 * Writes the bytes as a deflate stream takes them uncompressed, from one byte boundary to another. None of it is the last
 * block. @returns the part of `stored` that holds them
 */
export function storeBlocks(bytes: Buffer, stored: Buffer): Buffer {
  const blocks = Math.ceil(bytes.length / MOST_BYTES)
  for (let block = 0; block < blocks; block++) {
    const from = block * MOST_BYTES
    const at = block * (MOST_BYTES + HEADER_BYTES)
    const length = Math.min(MOST_BYTES, bytes.length - from)
    stored[at] = 0
    stored.writeUInt16LE(length, at + 1)
    stored.writeUInt16LE(~length & 0xffff, at + 3)
    bytes.copy(stored, at + HEADER_BYTES, from, from + length)
  }
  return stored.subarray(0, bytes.length + blocks * HEADER_BYTES)
}

/** Of bytes from all over. */
function entropyOf(bytes: Buffer): number {
  const counts = new Uint16Array(256)
  const step = Math.floor(bytes.length / LOOKED_AT)
  for (let look = 0; look < LOOKED_AT; look++) {
    const value = bytes[look * step] ?? 0
    counts[value] = (counts[value] ?? 0) + 1
  }
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / LOOKED_AT) * Math.log2(count / LOOKED_AT)
  return bits
}
