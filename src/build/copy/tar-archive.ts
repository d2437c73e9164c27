import {closeSync, openSync, readSync} from 'node:fs'

const MAGIC_OFFSET = 257
const HEAD_BYTES = 512

/** First bytes of compressed streams. Whether a tar is inside shows when it is unpacked. */
const compressed: readonly (readonly number[])[] = [
  [0x1f, 0x8b],
  [0x42, 0x5a, 0x68],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  [0x28, 0xb5, 0x2f, 0xfd],
]

/** True for a tar, plain or compressed by gzip, bzip2, xz or zstd: what ADD unpacks. */
export function isTarArchive(path: string): boolean {
  const head = readHead(path)
  if (compressed.some((magic) => magic.every((byte, index) => head[index] === byte))) return hasArchiveName(path)
  return head.toString('latin1', MAGIC_OFFSET, MAGIC_OFFSET + 5) === 'ustar'
}

/** A compressed file that is no tar is copied; looking inside would need a decompressor for each kind. */
function hasArchiveName(path: string): boolean {
  return /\.(tar(\.\w+)?|t[gbx]z2?|tzst|txz)$/i.test(path)
}

function readHead(path: string): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    return head.subarray(0, readSync(descriptor, head))
  } finally {
    closeSync(descriptor)
  }
}
