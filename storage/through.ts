import type {Duplex} from 'node:stream'
import {feed, lent} from './lent-chunks.ts'

/**
 * What a stream makes of chunks. Each, in and out, is its reader's only until it asks for the next. It is destroyed when
 * nobody reads on.
 */
export async function* through(chunks: AsyncIterable<Buffer>, transform: Duplex): AsyncGenerator<Buffer> {
  const feeding = feed(chunks, transform)
  feeding.catch(() => {})
  try {
    yield* lent(transform)
    await feeding
  } finally {
    transform.destroy()
  }
}
