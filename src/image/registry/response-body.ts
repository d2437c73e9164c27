import {EngineError} from '../../errors/index.ts'
import type {HttpResponse} from './http-client.ts'
import {networkReason} from './network-reason.ts'

/** The whole body. @throws ERR_REGISTRY when it is longer than `limit`; ERR_CONNECTION when it is cut */
export async function readBody(response: HttpResponse, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > limit)
        throw new EngineError('ERR_REGISTRY', `${response.url.href}: exceeded maximum allowed size of ${limit} bytes`)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof EngineError) throw cause
    throw new EngineError('ERR_CONNECTION', `reading ${response.url.href}: ${networkReason(cause)}`, {cause})
  }
  return Buffer.concat(chunks)
}

/** The body is not wanted; a short one is read so that the connection can be used again. */
export function discard(response: HttpResponse): void {
  const length = Number(response.headers['content-length'] ?? Number.POSITIVE_INFINITY)
  if (length <= 64 * 1024) response.body.resume()
  else response.body.destroy()
}
