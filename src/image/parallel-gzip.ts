import {availableParallelism} from 'node:os'
import {crc32, deflateRaw, constants as zlib} from 'node:zlib'

/** No time, no name: the same bytes always give the same blob. @see RFC 1952 */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
/** An empty deflate block that is the last. */
const LAST_BLOCK = Buffer.from([3, 0])
const PIECE_BYTES = 256 * 1024
const CHUNK_BYTES = 128 * 1024
const WINDOW_BYTES = 32 * 1024
/** As many threads as Node has for such work. */
const MOST_THREADS = 4

/**
 * gzip on all processors: the bytes are cut into pieces that are compressed at the same time, each with the end of the one
 * before as its dictionary, and put together to a single member. A layer is one stream, and zlib alone would use one processor for it.
 */
export async function* gzipInParallel(source: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  const width = Math.min(availableParallelism(), MOST_THREADS)
  const running: Promise<Buffer>[] = []
  let [checksum, sizeBytes] = [0, 0]
  let dictionary: Buffer | undefined
  yield HEADER
  for await (const piece of inPieces(source)) {
    checksum = crc32(piece, checksum)
    sizeBytes += piece.length
    running.push(deflate(piece, level, dictionary))
    dictionary = piece.subarray(-WINDOW_BYTES)
    if (running.length > width) yield (await running.shift()) as Buffer
  }
  for (const piece of running) yield await piece
  yield Buffer.concat([LAST_BLOCK, trailer(checksum, sizeBytes)])
}

/** The same pieces however the bytes come. One of the right size, as layers give them, is not copied. */
async function* inPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let piece: Buffer | undefined
  let used = 0
  for await (const chunk of source)
    for (let done = 0; done < chunk.length; ) {
      if (used === 0 && chunk.length - done >= PIECE_BYTES) {
        yield chunk.subarray(done, done + PIECE_BYTES)
        done += PIECE_BYTES
        continue
      }
      piece ??= Buffer.allocUnsafeSlow(PIECE_BYTES)
      const size = chunk.copy(piece, used, done)
      done += size
      used += size
      if (used < PIECE_BYTES) continue
      yield piece
      piece = undefined
      used = 0
    }
  if (piece) yield piece.subarray(0, used)
}

/** Ends at a byte, and not with the mark of a last block: the next piece follows. */
function deflate(piece: Buffer, level: number, dictionary: Buffer | undefined): Promise<Buffer> {
  const options = {level, chunkSize: CHUNK_BYTES, finishFlush: zlib.Z_SYNC_FLUSH, ...(dictionary && {dictionary})}
  const deflated = new Promise<Buffer>((resolve, reject) => {
    deflateRaw(piece, options, (error, bytes) => (error ? reject(error) : resolve(bytes)))
  })
  // nobody waits for it any more when the reader leaves
  deflated.catch(() => {})
  return deflated
}

function trailer(checksum: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(checksum, 0)
  bytes.writeUInt32LE(sizeBytes % 2 ** 32, 4)
  return bytes
}
