import {join} from 'node:path'
import type {ChainID} from '../../storage/snapshotter.ts'
import {EngineError} from '../errors/index.ts'
import {LockFile} from '../host/index.ts'
import {compressionOfType} from './compression.ts'
import {type BlobReport, type CopyReport, quiet, reportCopy} from './copy-report.ts'
import {chainIDsOf, digestOf, hexOf} from './digest.ts'
import {parseImageConfig} from './documents/config.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'
import {KnownBlobs} from './known-blobs.ts'
import {Slots} from './slots.ts'
import type {SourceImage, SourceLayer} from './source-image.ts'

export interface StoreImageOptions {
  /** Its signatures were looked at. */
  readonly isSigned?: boolean
  readonly names?: readonly string[]
  readonly report?: CopyReport
  /** `host/path` of the registry that the blobs come from. */
  readonly origin?: string
  readonly signal?: AbortSignal
}

/** As many as podman copies at a time. */
const PARALLEL_LAYERS = 6

/**
 * Takes an image in: applies the layers that are missing, then creates the record. Nothing of an image that fails on
 * the way stays but whole layers, which the next attempt uses and `sweep` removes.
 */
export async function storeImage(
  store: ImageStore,
  source: SourceImage,
  options: StoreImageOptions = {},
): Promise<Image> {
  const report = options.report ?? quiet
  const diffIDs = parseImageConfig(source.configBytes).rootfs.diff_ids
  if (diffIDs.length !== source.layers.length)
    throw new EngineError(
      'ERR_MANIFEST_INVALID',
      `${source.layers.length} layers, but the configuration lists ${diffIDs.length}`,
    )
  const chain = chainIDsOf(diffIDs)
  using _ = await lockImage(store, source)
  await using hold = await store.holdLayers()
  await hold.add(...chain)
  report.line?.('Getting image source signatures')
  if (options.isSigned) report.line?.('Checking if image destination supports signatures')
  await applyLayers(store, source.layers, chain, options)
  if (options.origin !== undefined) await rememberBlobs(store, source.layers, options.origin)
  reportCopy(report, 'config', digestOf(source.configBytes), source.configBytes.length).done()
  report.line?.('Writing manifest to image destination')
  const image = await store.create({...source, names: options.names ?? []})
  report.line?.('Storing signatures')
  return image
}

/** Two processes that take in one image at once do the work once: the second finds the layers there. */
function lockImage(store: ImageStore, source: SourceImage): Promise<LockFile> {
  const slot = hexOf(digestOf(source.configBytes)).slice(0, 2)
  return LockFile.acquire(join(store.directory, 'locks', slot))
}

async function rememberBlobs(store: ImageStore, layers: readonly SourceLayer[], origin: string): Promise<void> {
  const known = new KnownBlobs(store.directory)
  for (const {diffID, blobDigest: digest, blobSize: size, mediaType} of layers) {
    const compression = compressionOfType(mediaType)
    if (digest === undefined || size === undefined || compression === undefined) continue
    await known.add(diffID, {digest, size, compression}, origin)
  }
}

/**
 * Missing layers are applied side by side, each told to wait for its parent before it is put in place. The first
 * failure stops the others; nothing runs any more when this returns.
 */
async function applyLayers(
  store: ImageStore,
  layers: readonly SourceLayer[],
  chain: readonly ChainID[],
  {report, signal}: StoreImageOptions,
): Promise<void> {
  const stop = new AbortController()
  const anySignal = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const slots = new Slots(store.parallelCopies || PARALLEL_LAYERS)
  let failure: {readonly error: unknown} | undefined
  let after: Promise<unknown> = Promise.resolve()
  for (const [index, layer] of layers.entries()) {
    const progress = reportCopy(report, 'blob', layer.blobDigest ?? layer.diffID, layer.blobSize)
    const place = {chainID: chain[index] as ChainID, parent: chain[index - 1], after, signal: anySignal}
    after = slots.run(() => applyLayer(store, layer, place, progress))
    after.catch((error: unknown) => {
      failure ??= {error}
      stop.abort()
    })
  }
  await slots.idle()
  if (failure) throw failure.error
}

interface Placement {
  readonly chainID: ChainID
  readonly parent: ChainID | undefined
  readonly after: Promise<unknown>
  readonly signal: AbortSignal
}

async function applyLayer(
  store: ImageStore,
  layer: SourceLayer,
  place: Placement,
  progress: BlobReport,
): Promise<void> {
  place.signal.throwIfAborted()
  if (store.layers.has(place.chainID)) {
    progress.skip()
    return
  }
  const source = await layer.open(place.signal)
  // `apply` rejects with what befalls the stream; a stop may reach the stream when nobody reads it any more
  source.on('error', () => undefined)
  await store.layers.apply({
    source,
    after: place.after,
    diffID: layer.diffID,
    signal: place.signal,
    onRead: (bytes) => progress.advance(bytes),
    ...(place.parent !== undefined && {parent: place.parent}),
    ...(layer.blobDigest !== undefined && {blobDigest: layer.blobDigest}),
    ...(layer.mediaType !== undefined && {mediaType: layer.mediaType}),
  })
  progress.done()
}
