import {setTimeout as sleep} from 'node:timers/promises'
import {DirectReadable, lent} from '../../../storage/index.ts'
import {EngineError, hasCode} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import type {HttpResponse} from './http-client.ts'
import {networkReason} from './network-reason.ts'
import type {PartialBlobs} from './partial-blobs.ts'
import type {RetryPolicy} from './retry.ts'

export interface DownloadOptions {
  readonly digest: Digest
  /** As the manifest says. */
  readonly size: number
  readonly retry: RetryPolicy
  readonly signal?: AbortSignal
  /** Keeps what came of the blob when the download ends early. */
  readonly partials?: PartialBlobs
  /** Asks for the blob from `start` on; an answer 200 is the whole of it. */
  open(start: number, signal?: AbortSignal): Promise<HttpResponse>
}

/**
 * A blob's bytes, whatever happens to the connections: when one is cut, the next goes on where it ended; one that was
 * interrupted is gone on with later. Progress renews the number of attempts. More bytes than the manifest says are refused.
 */
export class BlobDownload extends DirectReadable {
  readonly #options: DownloadOptions
  #chunks: AsyncGenerator<Buffer> | undefined

  constructor(options: DownloadOptions) {
    super({highWaterMark: 256 * 1024})
    this.#options = options
  }

  override _read(): void {
    this.#chunks ??= download(this.#options)
    this.#chunks.next().then(
      ({value, done}) => this.push(done ? null : Buffer.from(value)),
      (error: Error) => this.destroy(error),
    )
  }

  async *direct(): AsyncGenerator<Buffer> {
    const chunks = download(this.#options)
    this.#chunks = chunks
    try {
      for (;;) {
        if (this.destroyed) throw this.errored ?? new Error('the stream was destroyed')
        const {value, done} = await chunks.next()
        if (done) return
        yield value
      }
    } finally {
      await chunks.return(undefined)
    }
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const ended = this.#chunks?.return(undefined) ?? Promise.resolve()
    ended.then(
      () => done(error),
      (failure: Error) => done(error ?? failure),
    )
  }
}

/** A chunk is the reader's only until it asks for the next. */
async function* download(options: DownloadOptions): AsyncGenerator<Buffer> {
  const {digest, size, signal} = options
  const partial = options.partials?.open(digest, size)
  if (!partial) return yield* fetched(options, 0)
  let isWorthKeeping = false
  try {
    let received = 0
    for (const chunk of partial.chunks()) {
      received += chunk.length
      yield chunk
    }
    for await (const chunk of fetched(options, received)) {
      partial.append(chunk)
      yield chunk
    }
  } catch (error) {
    isWorthKeeping = hasCode(error, 'ERR_CONNECTION', 'ERR_REGISTRY_BUSY', 'ERR_UNAUTHORIZED')
    throw error
  } finally {
    // Of a reader that gave up for another reason the bytes may be the reason
    if (isWorthKeeping || signal?.aborted) partial.keep()
    else partial.discard()
  }
}

/** The blob from `start` on. */
async function* fetched(options: DownloadOptions, start: number): AsyncGenerator<Buffer> {
  const {size, retry, signal} = options
  let received = start
  for (let attempt = 0; ; ) {
    const before = received
    try {
      for await (const chunk of bytesFrom(options, received)) {
        received += chunk.length
        if (received > size) throw tooLong(options)
        yield chunk
      }
      if (received === size) return
      throw new EngineError(
        'ERR_CONNECTION',
        `blob ${options.digest}: unexpected EOF after ${received} of ${size} bytes`,
      )
    } catch (error) {
      signal?.throwIfAborted()
      if (received > before) attempt = 0
      if (!(error instanceof EngineError) || error.code !== 'ERR_CONNECTION' || attempt >= retry.attempts) throw error
      attempt++
      const delayMs = retry.fixed ? retry.delayMs : Math.min(60_000, retry.delayMs * 2 ** (attempt - 1))
      retry.onRetry?.(error, delayMs, attempt, retry.attempts)
      await sleep(delayMs, undefined, {...(signal && {signal})})
    }
  }
}

async function* bytesFrom({open, digest, signal}: DownloadOptions, start: number): AsyncGenerator<Buffer> {
  const response = await open(start, signal)
  try {
    let skip = response.status === 206 ? 0 : start
    if (response.status === 206) checkRange(response, start)
    for await (const chunk of lent(response.body)) {
      const rest = skip >= chunk.length ? undefined : chunk.subarray(skip)
      skip = Math.max(0, skip - chunk.length)
      if (rest) yield rest
    }
  } catch (cause) {
    if (cause instanceof EngineError) throw cause
    throw new EngineError('ERR_CONNECTION', `reading blob ${digest}: ${networkReason(cause)}`, {cause})
  } finally {
    response.body.destroy()
  }
}

function checkRange(response: HttpResponse, start: number): void {
  const found = /^bytes (\d+)-/.exec(String(response.headers['content-range'] ?? ''))?.[1]
  if (Number(found) !== start)
    throw new EngineError(
      'ERR_REGISTRY',
      `${response.url.href}: asked for bytes from ${start}, got ${response.headers['content-range']}`,
    )
}

function tooLong({digest, size}: DownloadOptions): EngineError {
  return new EngineError('ERR_DIGEST_MISMATCH', `blob ${digest}: more than the ${size} bytes of its descriptor`)
}
