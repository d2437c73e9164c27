/**
 * A startup snapshot without the bytecode of Node's own modules that Node appends to it, or undefined when it is laid out
 * otherwise than known here. The modules that a profile needs lie evaluated in the heap; of the 388 others a command loads
 * hardly any, and those are compiled then. Node reads the 4 MB into memory twice at every start.
 * @see https://github.com/nodejs/node/blob/v24.x/src/node_snapshotable.cc, "Layout of the snapshot blob"
 */
export function withoutBuiltinCode(blob: Buffer): Buffer | undefined {
  const begin = heapEnd(blob)
  // What lies between, the state of Node's environment, has many kinds of fields; the list is the one that ends the file.
  for (let offset = begin; offset < Math.min(begin + SEARCHED, blob.length - LENGTH); offset++)
    if (isCodeList(blob, offset)) return Buffer.concat([blob.subarray(0, offset), Buffer.alloc(LENGTH)])
  return undefined
}

/** Counts and lengths are 64-bit, little endian. */
const LENGTH = 8
/** The environment's state takes 14 kB. */
const SEARCHED = 1 << 17
const MOST_MODULES = 2000
const LONGEST_NAME = 200

/** Behind the header and V8's heap: magic number, kind, version, architecture, platform, flags, heap. */
function heapEnd(blob: Buffer): number {
  let offset = 4 + 1
  for (let text = 0; text < 3; text++) offset += LENGTH + readLength(blob, offset)
  offset += 4
  return offset + 4 <= blob.length ? offset + 4 + blob.readInt32LE(offset) : blob.length
}

/** A count of entries, each a module's name and its bytecode, both with their lengths before them, up to the end. */
function isCodeList(blob: Buffer, start: number): boolean {
  const count = readLength(blob, start)
  if (count === 0 || count > MOST_MODULES) return false
  let offset = start + LENGTH
  for (let entry = 0; entry < count; entry++) {
    const name = readLength(blob, offset)
    if (name === 0 || name > LONGEST_NAME) return false
    offset += LENGTH + name
    offset += LENGTH + readLength(blob, offset)
    if (offset > blob.length) return false
  }
  return offset === blob.length
}

/** Infinity where there is none. */
function readLength(blob: Buffer, offset: number): number {
  return offset + LENGTH <= blob.length ? Number(blob.readBigUInt64LE(offset)) : Number.POSITIVE_INFINITY
}
