import {Readable} from 'node:stream'

/** Copies of chunks that their source keeps only until it is asked for the next. */
export async function* lastingChunks(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield Buffer.from(chunk)
}

/** Such chunks as a stream, whose reader may keep what it gets. */
export function lastingStream(source: AsyncIterable<Buffer>): Readable {
  return Readable.from(lastingChunks(source), {objectMode: false})
}
