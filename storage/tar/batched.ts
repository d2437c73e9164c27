const BATCH = 256 * 1024

/**
 * The same bytes in large pieces: a tar has a small header for each entry, and each piece of a stream costs time. All in one
 * buffer, a piece is the reader's only until it asks for the next: V8 would let tens of megabytes of them lie.
 */
export async function* batched(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const batch = Buffer.allocUnsafeSlow(BATCH)
  let used = 0
  for await (const chunk of chunks)
    for (let done = 0; done < chunk.length; ) {
      const size = chunk.copy(batch, used, done)
      done += size
      used += size
      if (used < BATCH) continue
      yield batch
      used = 0
    }
  if (used > 0) yield batch.subarray(0, used)
}
