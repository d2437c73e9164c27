import {setTimeout as sleep} from 'node:timers/promises'
import {Measure} from '../../../storage/index.ts'
import {EngineError, hasCode} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import type {HttpResponse} from './http-client.ts'
import {inPieces, PieceSize} from './piece-size.ts'
import type {ApiRequest, RegistryClient} from './registry-client.ts'
import {discard} from './response-body.ts'
import {backOff, mayPass, type RetryPolicy} from './retry.ts'
import {receivedBytes, uploadPlace} from './upload-place.ts'

/** Some proxies cut what they mean to refuse, before the refusal is heard. */
const CUTS_TAKEN_FOR_A_REFUSAL = 2

/**
 * Sends blobs to one repository: each in one go, as podman does, until the registry refuses that. From then on they go in
 * pieces, halved as long as they are too long.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#pushing-a-blob-in-chunks
 */
export class BlobUploads {
  readonly #client: RegistryClient
  readonly #path: string
  readonly #retry: RetryPolicy
  readonly #size = new PieceSize()
  #isInPieces = false
  #cuts = 0

  constructor(client: RegistryClient, path: string, retry: RetryPolicy) {
    this.#client = client
    this.#path = path
    this.#retry = retry
  }

  /** Tells the registry to take the blob from another of its repositories; false when it does not. */
  async mount(digest: Digest, from: string): Promise<boolean> {
    const query = new URLSearchParams({mount: digest, from})
    const scopes = [...this.#scopes, `repository:${from}:pull`]
    try {
      const response = await this.#request('POST', `${this.#path}/blobs/uploads/?${query}`, {
        scopes,
        accept: [201, 202],
      })
      if (response.status === 202) await this.#cancel(uploadPlace(response))
      return response.status === 201
    } catch (error) {
      if (hasCode(error, 'ERR_UNAUTHORIZED', 'ERR_REGISTRY', 'ERR_MANIFEST_UNKNOWN')) return false
      throw error
    }
  }

  /** Sends a blob of known digest from memory. */
  async sendBytes(bytes: Uint8Array, digest: Digest): Promise<void> {
    await this.#finish(await this.#begin(), digest, bytes)
  }

  /**
   * Sends a blob as it is made; a chunk is not needed any more when the next is asked for. It has to be the blob
   * `expected`, if that is given.
   * @throws what the source throws; ERR_DIGEST_MISMATCH; ERR_UPLOAD_REFUSED when it has to be sent once more, from its
   *   beginning, and will then go in pieces
   */
  async sendStream(chunks: AsyncIterable<Buffer>, signal?: AbortSignal, expected?: Digest): Promise<SentBlob> {
    const source = new BlobSource(chunks)
    try {
      const place = await this.#begin()
      const end = await (this.#isInPieces
        ? this.#sendPieces(place, source.chunks(), signal)
        : this.#sendWhole(place, source.chunks(), signal))
      const digest = source.measure.digest()
      if (expected !== undefined && digest !== expected)
        throw new EngineError('ERR_DIGEST_MISMATCH', `blob ${expected}: got ${digest}`)
      await this.#finish(end, digest, new Uint8Array())
      return {digest, sizeBytes: source.measure.sizeBytes}
    } catch (error) {
      // The connection ends with its source, and says that in other words
      throw source.failure ?? error
    }
  }

  async #sendWhole(place: URL, source: AsyncIterable<Buffer>, signal: AbortSignal | undefined): Promise<URL> {
    const stop = new AbortController()
    try {
      const headers = {...octets, 'transfer-encoding': 'chunked'}
      const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
      return await this.#patch(place, {headers, body: source, signal: either})
    } catch (cause) {
      // Refused before it was read: nobody wants the rest
      stop.abort()
      if (hasCode(cause, 'ERR_CONNECTION')) this.#cuts++
      // A stream cannot be sent again with another token: pieces can
      const isRefused = hasCode(cause, 'ERR_UPLOAD_REFUSED', 'ERR_UNAUTHORIZED')
      this.#isInPieces ||= isRefused || this.#cuts >= CUTS_TAKEN_FOR_A_REFUSAL
      if (!isRefused) throw cause
      await this.#cancel(place)
      throw new EngineError('ERR_UPLOAD_REFUSED', (cause as Error).message, {cause})
    }
  }

  async #sendPieces(place: URL, source: AsyncIterable<Buffer>, signal: AbortSignal | undefined): Promise<URL> {
    let reached = {place, offset: 0}
    for await (const bytes of inPieces(source, this.#size)) {
      const start = reached.offset
      while (reached.offset < start + bytes.length) {
        const rest = bytes.subarray(reached.offset - start)
        reached = await this.#sendPiece(reached, rest.subarray(0, this.#size.bytes), signal)
      }
    }
    return reached.place
  }

  /** Returns how far the upload is then, which is not the piece's end when it was too long or broke off. */
  async #sendPiece(from: Reached, piece: Buffer, signal: AbortSignal | undefined): Promise<Reached> {
    const end = from.offset + piece.length
    for (let attempt = 1; ; attempt++) {
      try {
        const headers = {...octets, 'content-length': `${piece.length}`, 'content-range': `${from.offset}-${end - 1}`}
        return {place: await this.#patch(from.place, {headers, body: piece, ...(signal && {signal})}), offset: end}
      } catch (error) {
        if (hasCode(error, 'ERR_UPLOAD_REFUSED')) {
          if (this.#size.shrink(piece.length)) return from
          throw new EngineError('ERR_REGISTRY', (error as Error).message, {cause: error})
        }
        if (!mayPass(error) || attempt > this.#retry.attempts) throw error
        const delayMs = backOff(this.#retry, attempt)
        this.#retry.onRetry?.(error, delayMs, attempt, this.#retry.attempts)
        await sleep(delayMs, undefined, {...(signal && {signal})})
        const reached = await this.#ask(from.place, signal)
        // It does not say, or has lost what it had: the blob begins again
        if (!reached || reached.offset < from.offset || reached.offset > end) throw error
        if (reached.offset > from.offset) return reached
      }
    }
  }

  /** How far an upload came. */
  async #ask(place: URL, signal: AbortSignal | undefined): Promise<Reached | undefined> {
    try {
      const response = await this.#request('GET', place, {accept: [204], retry: false, ...(signal && {signal})})
      const offset = receivedBytes(response)
      return offset === undefined ? undefined : {place: uploadPlace(response), offset}
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      return undefined
    }
  }

  async #begin(): Promise<URL> {
    const response = await this.#request('POST', `${this.#path}/blobs/uploads/`, {accept: [202]})
    this.#size.requireAtLeast(response.headers['oci-chunk-min-length'])
    return uploadPlace(response)
  }

  async #patch(place: URL, parts: Pick<ApiRequest, 'headers' | 'body' | 'signal'>): Promise<URL> {
    return uploadPlace(await this.#request('PATCH', place, {...parts, accept: [202, 204], retry: false}))
  }

  async #finish(place: URL, digest: Digest, body: Uint8Array): Promise<void> {
    const target = new URL(place)
    target.searchParams.set('digest', digest)
    const headers = {...(body.length > 0 && octets), 'content-length': String(body.length)}
    await this.#request('PUT', target, {headers, body, accept: [201]})
  }

  /** An upload that is not wanted. */
  async #cancel(place: URL): Promise<void> {
    try {
      await this.#request('DELETE', place, {accept: [200, 202, 204], retry: false})
    } catch (error) {
      // The registry forgets it by itself in time
      if (!(error instanceof EngineError)) throw error
    }
  }

  async #request(
    method: ApiRequest['method'],
    path: string | URL,
    parts: Omit<ApiRequest, 'method' | 'path' | 'scopes'> & Partial<Pick<ApiRequest, 'scopes'>>,
  ): Promise<HttpResponse> {
    const headers: ApiRequest['headers'] = method === 'POST' ? {'content-length': '0'} : {}
    const response = await this.#client.request({method, path, headers, scopes: this.#scopes, ...parts})
    discard(response)
    return response
  }

  get #scopes(): readonly string[] {
    return [`repository:${this.#path}:pull,push`]
  }
}

/** Runs `send` once more when the registry did not take its blob in one go. */
export async function againInPieces<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send()
  } catch (error) {
    if (!hasCode(error, 'ERR_UPLOAD_REFUSED')) throw error
    return send()
  }
}

export interface SentBlob {
  readonly digest: Digest
  readonly sizeBytes: number
}

/** Measures what is sent, and remembers when it was the source that failed, and not who read it. */
class BlobSource {
  failure: unknown
  readonly measure = new Measure()
  readonly #chunks: AsyncIterable<Buffer>

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks
  }

  async *chunks(): AsyncGenerator<Buffer> {
    try {
      yield* this.measure.passing(this.#chunks)
    } catch (error) {
      this.failure = error
      throw error
    }
  }
}

interface Reached {
  readonly place: URL
  readonly offset: number
}

const octets = {'content-type': 'application/octet-stream'}
