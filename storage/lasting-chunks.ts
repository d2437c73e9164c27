/** Copies of chunks that their source keeps only until it is asked for the next. */
export async function* lastingChunks(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of source) yield Buffer.from(chunk)
}
