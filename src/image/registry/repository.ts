import {EngineError, inContext} from '../../errors/index.ts'
import {type Descriptor, type Digest, mediaTypes} from '../../oci/types/image-spec.ts'
import {digestOf} from '../digest.ts'
import {MAX_MANIFEST_BYTES, mediaTypeOf} from '../documents/manifest.ts'
import {isDigest} from '../reference.ts'
import {BlobDownload} from './blob-download.ts'
import {BlobUploads} from './blob-uploads.ts'
import type {HttpResponse} from './http-client.ts'
import type {PartialBlobs} from './partial-blobs.ts'
import type {RegistryClient} from './registry-client.ts'
import {discard, readBody} from './response-body.ts'
import type {RetryPolicy} from './retry.ts'

export interface RemoteManifest {
  readonly bytes: Buffer
  readonly digest: Digest
  readonly mediaType: string
}

const manifestTypes = [
  mediaTypes.ociManifest,
  mediaTypes.ociIndex,
  mediaTypes.dockerManifest,
  mediaTypes.dockerManifestList,
].join(', ')

/** One repository of a registry. @see https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md */
export class Repository {
  readonly client: RegistryClient
  readonly path: string
  readonly uploads: BlobUploads
  readonly #retry: RetryPolicy

  constructor(client: RegistryClient, path: string, retry: RetryPolicy) {
    this.client = client
    this.path = path
    this.uploads = new BlobUploads(client, path, retry)
    this.#retry = retry
  }

  /** @throws ERR_MANIFEST_UNKNOWN, ERR_DIGEST_MISMATCH, ERR_REGISTRY… */
  async manifest(tagOrDigest: string, signal?: AbortSignal): Promise<RemoteManifest> {
    const response = await this.client.request({
      method: 'GET',
      path: `${this.path}/manifests/${tagOrDigest}`,
      headers: {accept: manifestTypes},
      scopes: this.#pull,
      accept: [200],
      ...(signal && {signal}),
    })
    const bytes = await readBody(response, MAX_MANIFEST_BYTES)
    const digest = digestOf(bytes)
    if (isDigest(tagOrDigest) && digest !== tagOrDigest)
      throw new EngineError('ERR_DIGEST_MISMATCH', `manifest ${tagOrDigest} of ${this.path}: got ${digest}`)
    return {bytes, digest, mediaType: mediaTypeOf(bytes)}
  }

  /** The digest behind a tag without its manifest; undefined when the registry does not tell or has none. */
  async manifestDigest(tagOrDigest: string, signal?: AbortSignal): Promise<Digest | undefined> {
    const response = await this.client.request({
      method: 'HEAD',
      path: `${this.path}/manifests/${tagOrDigest}`,
      headers: {accept: manifestTypes},
      scopes: this.#pull,
      accept: [200, 404],
      ...(signal && {signal}),
    })
    discard(response)
    const digest = response.headers['docker-content-digest']
    return response.status === 200 && typeof digest === 'string' && isDigest(digest) ? digest : undefined
  }

  /** A small blob whole. @throws ERR_DIGEST_MISMATCH */
  async readBlob({digest, size}: Descriptor, limit: number, signal?: AbortSignal): Promise<Buffer> {
    if (size > limit) throw new EngineError('ERR_REGISTRY', `blob ${digest} is longer than ${limit} bytes`)
    const bytes = await readBody(await this.#getBlob(digest, {}, [200], signal), limit)
    const found = digestOf(bytes)
    if (found !== digest) throw new EngineError('ERR_DIGEST_MISMATCH', `blob ${digest} of ${this.path}: got ${found}`)
    return bytes
  }

  /** A blob as a stream that goes on where a connection was cut. Its digest is the reader's to check. */
  openBlob(descriptor: Descriptor, signal?: AbortSignal, partials?: PartialBlobs): BlobDownload {
    return new BlobDownload({
      digest: descriptor.digest,
      size: descriptor.size,
      retry: this.#retry,
      ...(signal && {signal}),
      ...(partials && {partials}),
      open: (start, stop) =>
        start === 0
          ? this.#getBlob(descriptor.digest, {}, [200], stop)
          : this.#getBlob(descriptor.digest, {range: `bytes=${start}-`}, [200, 206], stop),
    })
  }

  async hasBlob(digest: Digest): Promise<number | undefined> {
    const response = await this.client.request({
      method: 'HEAD',
      path: `${this.path}/blobs/${digest}`,
      scopes: this.#pullPush,
      accept: [200, 404],
    })
    discard(response)
    return response.status === 200 ? Number(response.headers['content-length'] ?? 0) : undefined
  }

  async putManifest(tagOrDigest: string, bytes: Uint8Array, mediaType: string): Promise<void> {
    try {
      const response = await this.client.request({
        method: 'PUT',
        path: `${this.path}/manifests/${tagOrDigest}`,
        headers: {'content-type': mediaType, 'content-length': String(bytes.length)},
        body: bytes,
        scopes: this.#pullPush,
        accept: [200, 201],
      })
      discard(response)
    } catch (error) {
      throw inContext(`uploading manifest ${tagOrDigest} to ${this.client.host}/${this.path}`, error)
    }
  }

  async tags(limit = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
    const {listPages} = await import('./list-pages.ts')
    return listPages(this.client, `${this.path}/tags/list`, 'tags', this.#pull, limit)
  }

  get #pull(): readonly string[] {
    return [`repository:${this.path}:pull`]
  }

  get #pullPush(): readonly string[] {
    return [`repository:${this.path}:pull,push`]
  }

  #getBlob(
    digest: Digest,
    headers: Readonly<Record<string, string>>,
    accept: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<HttpResponse> {
    return this.client.request({
      method: 'GET',
      path: `${this.path}/blobs/${digest}`,
      headers: {...headers, 'accept-encoding': 'identity'},
      scopes: this.#pull,
      accept,
      ...(signal && {signal}),
    })
  }
}
