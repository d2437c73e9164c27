import {readFileSync} from 'node:fs'
import {EngineError} from '../../../errors/index.ts'

/** Times in microseconds. What is 0 is left out, as podman does. */
export type CriuStatistics = Readonly<Record<string, number>>

/** Of the messages in criu's images/stats.proto: the field of the entry, and the names of its fields by their numbers. */
const KINDS = {
  dump: {
    entry: 1,
    fields: new Map([
      [1, 'freezing_time'],
      [2, 'frozen_time'],
      [3, 'memdump_time'],
      [4, 'memwrite_time'],
      [5, 'pages_scanned'],
      [7, 'pages_written'],
    ]),
  },
  restore: {
    entry: 2,
    fields: new Map([
      [1, 'pages_compared'],
      [2, 'pages_skipped_cow'],
      [3, 'forking_time'],
      [4, 'restore_time'],
      [5, 'pages_restored'],
    ]),
  },
} as const
/** Two magic numbers and the length of the message. */
const HEADER_BYTES = 12
const WIRE_VARINT = 0
const WIRE_BYTES = 2

/** What criu tells of its work in `stats-dump` or `stats-restore`. @throws ERR_INTERNAL */
export function readCriuStatistics(path: string, kind: keyof typeof KINDS): CriuStatistics {
  const {entry, fields} = KINDS[kind]
  const message = fieldsOf(readFileSync(path).subarray(HEADER_BYTES)).get(entry)
  if (!Buffer.isBuffer(message)) throw new EngineError('ERR_INTERNAL', `${path} has no statistics of a ${kind}`)
  return Object.fromEntries(
    [...fieldsOf(message)].flatMap(([number, value]) => {
      const name = fields.get(number as 1)
      return name !== undefined && typeof value === 'number' && value > 0 ? [[name, value]] : []
    }),
  )
}

/** The fields of a protocol buffer: numbers, and what has a length. @see protobuf.dev/programming-guides/encoding */
function fieldsOf(bytes: Buffer): Map<number, number | Buffer> {
  const fields = new Map<number, number | Buffer>()
  let offset = 0
  const varint = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[offset++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }
  while (offset < bytes.length) {
    const key = varint()
    const wire = key % 8
    if (wire !== WIRE_VARINT && wire !== WIRE_BYTES) return fields
    const value = varint()
    fields.set((key - wire) / 8, wire === WIRE_VARINT ? value : bytes.subarray(offset, offset + value))
    if (wire === WIRE_BYTES) offset += value
  }
  return fields
}
