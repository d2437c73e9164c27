import {EngineError} from '../../errors/index.ts'
import {type Descriptor, type Index, mediaTypes} from '../../oci/types/image-spec.ts'
import {digestOf} from '../digest.ts'
import type {ImageStore} from '../image-store.ts'
import {finishPush, type Pushed, type PushOptions, pushTo} from '../push.ts'
import {formatReference, parseReference, type Reference, withDefaultTag} from '../reference.ts'
import {pullEndpoints, pushEndpoint} from '../registry/endpoints.ts'
import type {Repository} from '../registry/repository.ts'
import {signImage} from '../trust/sign-image.ts'
import {copyInstance} from './copy-instance.ts'
import {bytesOfIndex} from './index-document.ts'
import type {ManifestList} from './manifest-list.ts'

export interface PushListOptions extends PushOptions {
  /** Also the images of the list; without them the registry must have them already. */
  readonly all: boolean
}

/**
 * Sends a list, its images first: those of the store as `pushImage` does, others straight from the registry that has
 * them. An image whose manifest becomes another one on the way has that one's digest in the list that is sent.
 */
export async function pushManifestList(
  store: ImageStore,
  list: ManifestList,
  destination: Reference,
  options: PushListOptions,
): Promise<Pushed> {
  const {access, report, signal} = options
  const reference = withDefaultTag(destination)
  const endpoint = pushEndpoint(access.conf, reference)
  const repository = await access.repository(endpoint)
  const {index} = list
  const count = index.manifests.length
  report?.line?.('Getting image list signatures')
  report?.line?.(`Copying ${options.all ? count : 0} of ${count} images in list`)
  const manifests: Descriptor[] = []
  for (const [number, entry] of index.manifests.entries()) {
    signal?.throwIfAborted()
    if (options.all) report?.line?.(`Copying image ${entry.digest} (${number + 1}/${count})`)
    manifests.push(options.all ? await pushEntry(store, list, entry, {reference, repository}, options) : entry)
  }
  const pushed = pushedIndex({...index, manifests}, options)
  report?.line?.('Writing manifest list to image destination')
  await repository.putManifest(endpoint.reference.tag ?? pushed.digest, pushed.bytes, pushed.mediaType)
  if (options.signBy) await signImage(access.environment, reference, pushed.digest, options.signBy)
  report?.line?.('Storing list signatures')
  store.emit('push', list.id, formatReference(reference))
  return pushed
}

async function pushEntry(
  store: ImageStore,
  list: ManifestList,
  entry: Descriptor,
  {reference, repository}: {readonly reference: Reference; readonly repository: Repository},
  options: PushListOptions,
): Promise<Descriptor> {
  const image = store.findByManifest(entry.digest)
  const {digest, bytes, mediaType} = image
    ? await pushTo(store, image, repository, options)
    : await copyInstance(await sourceOf(list, entry, options), entry, repository, options)
  options.report?.line?.('Writing manifest to image destination')
  await repository.putManifest(digest, bytes, mediaType)
  await finishPush(reference, digest, options)
  return {...entry, mediaType, digest, size: bytes.length}
}

/** The repository that an entry came from: a mirror of it, or itself. */
async function sourceOf(list: ManifestList, {digest}: Descriptor, {access, signal}: PushOptions): Promise<Repository> {
  const source = list.image.record.sources?.[digest]
  if (source === undefined)
    throw new EngineError('ERR_IMAGE_UNKNOWN', `${digest} of the list ${list.image.names[0] ?? list.id}`)
  const endpoints = pullEndpoints(access.conf, parseReference(source.slice('docker://'.length)))
  for (const endpoint of endpoints) {
    const repository = await access.repository(endpoint)
    try {
      if (endpoint === endpoints.at(-1) || (await repository.manifestDigest(digest, signal)) !== undefined)
        return repository
    } catch (error) {
      // A mirror that fails is no reason to give up
      if (!(error instanceof EngineError)) throw error
    }
  }
  throw new EngineError('ERR_INTERNAL', 'no endpoint')
}

function pushedIndex(index: Index, {form = 'oci'}: PushOptions): Pushed {
  const bytes = bytesOfIndex(index, form)
  const mediaType = form === 'v2s2' ? mediaTypes.dockerManifestList : mediaTypes.ociIndex
  return {digest: digestOf(bytes), bytes, mediaType}
}
