import type {Readable, Writable} from 'node:stream'

/** Less is not worth the call. */
const LEAST_BYTES = 16 * 1024

/**
 * Gives back the memory of a buffer whose last bytes these are: nobody may need it any more. V8 counts buffers among its
 * garbage, but looks for it only after some tens of megabytes of them.
 */
export function letGo(chunk: Buffer): void {
  if (chunk.byteOffset + chunk.byteLength === chunk.buffer.byteLength) letGoWhole(chunk)
}

/** The same for what is the only part of its buffer that was ever used. */
export function letGoWhole({buffer}: Buffer): void {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < LEAST_BYTES) return
  try {
    buffer.transfer(0)
  } catch (error) {
    // The pool that small buffers share: Node lets nobody take it
    if (!(error instanceof TypeError)) throw error
  }
}

/**
 * The chunks of a stream, each the reader's only until it asks for the next. For streams that fill new buffers and keep
 * none of them: those of files, sockets and zlib.
 */
export async function* lent(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    yield chunk
    letGo(chunk)
  }
}

/** Resolves when the stream has no use of the chunk any more; rejects also when it closes before. */
export function written(sink: Writable, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(sink.errored ?? new Error('the stream was closed'))
    sink.once('close', onClose)
    sink.write(chunk, (error) => {
      sink.off('close', onClose)
      if (error) reject(error)
      else resolve()
    })
  })
}

/** Writes chunks that are lent to a stream, each before it asks for the next. One that fails destroys the other. */
export async function feed(chunks: AsyncIterable<Buffer>, sink: Writable): Promise<void> {
  // `written` tells; nobody else need listen
  sink.on('error', () => {})
  try {
    for await (const chunk of chunks) await written(sink, chunk)
    sink.end()
  } catch (error) {
    sink.destroy(error as Error)
    throw error
  }
}
