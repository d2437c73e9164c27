import {EngineError} from '../errors/index.ts'
import type {Descriptor, Digest} from '../oci/types/image-spec.ts'
import {type CompressionWanted, compressionOfType} from './compression.ts'
import {type CopyReport, reportCopy} from './copy-report.ts'
import {digestOf} from './digest.ts'
import {parseManifest} from './documents/manifest.ts'
import type {Image} from './image.ts'
import type {ImageStore} from './image-store.ts'
import {KnownBlobs} from './known-blobs.ts'
import {pushLayer} from './push-layer.ts'
import {formatReference, type Reference, withDefaultTag} from './reference.ts'
import {pushEndpoint} from './registry/endpoints.ts'
import type {RegistryAccess} from './registry/registry-access.ts'
import type {Repository} from './registry/repository.ts'
import {formOf, type LayerBlob, type ManifestForm, manifestFor, typeOfForm} from './saved-manifest.ts'
import {Slots} from './slots.ts'
import type {SigningKey} from './trust/gpg.ts'
import {signImage} from './trust/sign-image.ts'

export interface PushOptions {
  readonly access: RegistryAccess
  /** The image's own form when not given. */
  readonly form?: ManifestForm
  readonly compression: CompressionWanted
  /** Sign what is pushed, for the name it is pushed to. */
  readonly signBy?: SigningKey
  readonly forceCompression?: boolean
  readonly report?: CopyReport
  readonly signal?: AbortSignal
}

export interface Pushed {
  readonly digest: Digest
  readonly bytes: Uint8Array
  readonly mediaType: string
}

const PARALLEL_LAYERS = 4

/** Sends an image to a registry: layers that it lacks, the configuration, the manifest last. */
export async function pushImage(
  store: ImageStore,
  image: Image,
  destination: Reference,
  options: PushOptions,
): Promise<Pushed> {
  const reference = withDefaultTag(destination)
  const endpoint = pushEndpoint(options.access.conf, reference)
  const repository = await options.access.repository(endpoint)
  const pushed = await pushTo(store, image, repository, options)
  options.report?.line?.('Writing manifest to image destination')
  const target = endpoint.reference.tag ?? pushed.digest
  await repository.putManifest(target, pushed.bytes, pushed.mediaType)
  await finishPush(reference, pushed.digest, options)
  store.emit('push', image.id, formatReference(reference))
  return pushed
}

/** Signs when that is asked for. The identity is the name that was given, not that of a rewritten location. */
export async function finishPush(
  reference: Reference,
  digest: Digest,
  {access, signBy, report}: PushOptions,
): Promise<void> {
  if (signBy) {
    report?.line?.('Signing manifest using simple signing')
    await signImage(access.environment, reference, digest, signBy)
  }
  report?.line?.('Storing signatures')
}

/** Everything but the manifest itself: the caller puts it under a tag, or only under its digest in a list. */
export async function pushTo(
  store: ImageStore,
  image: Image,
  repository: Repository,
  options: PushOptions,
): Promise<Pushed> {
  const {report, compression} = options
  const form = options.form ?? (compression.format === 'zstd' ? 'oci' : formOf(image.manifestBytes))
  if (form === 'v2s2' && compression.format === 'zstd')
    throw new EngineError('ERR_REFUSED', 'zstd compression needs --format oci')
  report?.line?.('Getting image source signatures')
  const blobs = await pushLayers(store, image, repository, options)
  const configDigest = digestOf(image.configBytes)
  const copying = reportCopy(report, 'config', configDigest, image.configBytes.length)
  if ((await repository.hasBlob(configDigest)) === undefined)
    await repository.uploads.sendBytes(image.configBytes, configDigest)
  copying.done()
  return pushedManifest(manifestFor(image.manifestBytes, form, blobs), form)
}

export function pushedManifest(bytes: Uint8Array, form: ManifestForm): Pushed {
  return {digest: digestOf(bytes), bytes, mediaType: typeOfForm(form)}
}

async function pushLayers(
  store: ImageStore,
  image: Image,
  repository: Repository,
  options: PushOptions,
): Promise<readonly LayerBlob[]> {
  const {compression, forceCompression: force = false, report, signal, access} = options
  const {diffIDs, layers: chain} = image.record
  const originals = parseManifest(image.manifestBytes).layers.map((layer, index) => originalBlob(layer, diffIDs[index]))
  const slots = new Slots(store.parallelCopies || PARALLEL_LAYERS)
  const stop = new AbortController()
  const anySignal = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const common = {store, repository, known: new KnownBlobs(store.directory), compression, force, retry: access.retry}
  const sent = new Map<Digest, Promise<LayerBlob>>()
  for (const [index, diffID] of diffIDs.entries()) {
    if (sent.has(diffID)) continue
    const original = originals[index]
    const request = {
      ...common,
      diffID,
      chainID: chain[index] as Digest,
      signal: anySignal,
      ...(original && {original}),
      progress: reportCopy(report, 'blob', diffID, store.layers.get(chain[index] as Digest).sizeBytes),
    }
    const pushed = slots.run(() => pushLayer(request))
    pushed.catch(() => stop.abort())
    sent.set(diffID, pushed)
  }
  try {
    return await Promise.all(diffIDs.map((diffID) => sent.get(diffID) as Promise<LayerBlob>))
  } finally {
    await slots.idle()
  }
}

/** The blob a manifest names, unless it is the plain layer itself. */
function originalBlob({digest, size, mediaType}: Descriptor, diffID: Digest | undefined): LayerBlob | undefined {
  const compression = compressionOfType(mediaType)
  return digest === diffID || compression === undefined ? undefined : {digest, size, compression}
}
