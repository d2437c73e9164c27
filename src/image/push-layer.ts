import type {ChainID} from '../../storage/index.ts'
import {inContext} from '../errors/index.ts'
import type {Digest} from '../oci/types/image-spec.ts'
import {type CompressionWanted, compress} from './compression.ts'
import {type BlobReport, watched} from './copy-report.ts'
import type {ImageStore} from './image-store.ts'
import type {KnownBlob, KnownBlobs} from './known-blobs.ts'
import {againInPieces} from './registry/blob-uploads.ts'
import type {Repository} from './registry/repository.ts'
import {type RetryPolicy, withRetries} from './registry/retry.ts'
import type {LayerBlob} from './saved-manifest.ts'

export interface PushLayerRequest {
  readonly store: ImageStore
  readonly repository: Repository
  readonly known: KnownBlobs
  readonly diffID: Digest
  readonly chainID: ChainID
  /** The blob that the image's manifest names; asked for first, so that the image keeps its digest. */
  readonly original?: LayerBlob
  readonly compression: CompressionWanted
  /** Blobs of another compression are not taken though they are there. */
  readonly force: boolean
  readonly retry: RetryPolicy
  readonly progress: BlobReport
  readonly signal?: AbortSignal
}

/** Sees to it that the repository has the layer, and returns the blob that it is there: found, mounted or sent. */
export async function pushLayer(request: PushLayerRequest): Promise<LayerBlob> {
  const {repository, known, diffID} = request
  const place = `${repository.client.host}/${repository.path}`
  const found = await findBlob(request).catch((error: unknown) => fail('trying to reuse', diffID, error))
  const blob = found ?? (await sendLayer(request))
  await known.add(diffID, blob, place)
  return blob
}

function fail(what: string, diffID: Digest, cause: unknown): never {
  throw inContext(`${what} blob ${diffID} at destination`, cause)
}

async function findBlob(request: PushLayerRequest): Promise<LayerBlob | undefined> {
  const {repository} = request
  for (const blob of candidates(request)) {
    request.signal?.throwIfAborted()
    if ((await repository.hasBlob(blob.digest)) !== undefined || (await mount(repository, blob))) {
      request.progress.skip()
      return blob
    }
  }
  return undefined
}

function candidates({known, diffID, original, compression, force}: PushLayerRequest): readonly KnownBlob[] {
  const remembered = known.of(diffID)
  const first = original && [remembered.find(({digest}) => digest === original.digest) ?? {...original, places: []}]
  const all = [...(first ?? []), ...remembered.filter(({digest}) => digest !== original?.digest)]
  return all.filter((blob) => blob.compression === compression.format || (!force && blob.compression !== 'none'))
}

/** Another repository of the same registry may give it. */
async function mount(repository: Repository, blob: KnownBlob): Promise<boolean> {
  const {host} = repository.client
  for (const place of blob.places) {
    const [placeHost, ...path] = place.split('/')
    const from = path.join('/')
    if (placeHost === host && from !== repository.path && (await repository.uploads.mount(blob.digest, from)))
      return true
  }
  return false
}

async function sendLayer(request: PushLayerRequest): Promise<LayerBlob> {
  const {retry, signal, diffID} = request
  const send = () => againInPieces(() => sendOnce(request)).catch((error: unknown) => fail('writing', diffID, error))
  return withRetries(retry, signal, send)
}

async function sendOnce({
  store,
  repository,
  chainID,
  compression,
  progress,
  signal,
}: PushLayerRequest): Promise<LayerBlob> {
  const layer = compress(watched(store.layers.tarChunks(chainID), progress), compression)
  const {digest, sizeBytes} = await repository.uploads.sendStream(layer, signal)
  progress.done()
  return {digest, size: sizeBytes, compression: compression.format}
}
