import {addAbortSignal, finished, type Writable} from 'node:stream'
import {promisify} from 'node:util'
import {feed} from '../../../storage/index.ts'

/** Writes chunks that are lent to a stream of its own, to its end. */
export async function writeAll(
  chunks: AsyncIterable<Buffer>,
  sink: Writable,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal) addAbortSignal(signal, sink)
  const ended = promisify(finished)(sink)
  ended.catch(() => {})
  try {
    await feed(chunks, sink)
    await ended
  } catch (error) {
    throw sink.errored ?? error
  }
}
