import {EngineError, inContext} from '../../errors/index.ts'
import {type Descriptor, type Index, mediaTypes} from '../../oci/types/image-spec.ts'
import {digestOf} from '../digest.ts'
import type {ImageStore} from '../image-store.ts'
import {type ArchivePlace, parseArchivePlace} from '../named-archive.ts'
import type {Pushed, PushOptions} from '../push.ts'
import {parseReference, type Reference, withDefaultTag} from '../reference.ts'
import {pullEndpoints} from '../registry/endpoints.ts'
import type {Repository} from '../registry/repository.ts'
import {copyInstance} from './copy-instance.ts'
import {openDirectoryTarget} from './directory-target.ts'
import {bytesOfIndex} from './index-document.ts'
import {repositorySource} from './instance-source.ts'
import type {ListTarget} from './list-target.ts'
import type {ManifestList} from './manifest-list.ts'
import {openPlaceSource} from './place-source.ts'
import {openRepositoryTarget} from './repository-target.ts'

export interface PushListOptions extends PushOptions {
  /** Also the images of the list; without them the registry must have them already. */
  readonly all: boolean
  /** Where an archive is put together. */
  readonly temporaryDirectory: string
}

/**
 * Sends a list, its images first: those of the store as `pushImage` does, others straight from the registry, archive or
 * directory that has them. An image whose manifest becomes another one on the way has that one's digest in the list that
 * is sent. @throws ERR_REFUSED in podman's words for a place that cannot hold a list
 */
export async function pushManifestList(
  store: ImageStore,
  list: ManifestList,
  destination: Reference | ArchivePlace,
  options: PushListOptions,
): Promise<Pushed> {
  const {report, signal} = options
  await using target =
    'transport' in destination
      ? openDirectoryTarget(store, destination, options)
      : await openRepositoryTarget(store, withDefaultTag(destination), options)
  const {index} = list
  const count = index.manifests.length
  report?.line?.('Getting image list signatures')
  report?.line?.(`Copying ${options.all ? count : 0} of ${count} images in list`)
  const manifests: Descriptor[] = []
  for (const [number, entry] of index.manifests.entries()) {
    signal?.throwIfAborted()
    if (options.all) report?.line?.(`Copying image ${entry.digest} (${number + 1}/${count})`)
    manifests.push(options.all ? await pushEntry(store, list, entry, target, options) : entry)
  }
  const pushed = pushedIndex({...index, manifests}, options)
  report?.line?.('Writing manifest list to image destination')
  await target.putList(pushed)
  report?.line?.('Storing list signatures')
  store.emit('push', list.id, target.name)
  return pushed
}

async function pushEntry(
  store: ImageStore,
  list: ManifestList,
  entry: Descriptor,
  target: ListTarget,
  options: PushListOptions,
): Promise<Descriptor> {
  const pushed = await pushInstance(store, list, entry, target, options)
  options.report?.line?.('Writing manifest to image destination')
  await target.putInstance(pushed)
  return {...entry, mediaType: pushed.mediaType, digest: pushed.digest, size: pushed.bytes.length}
}

async function pushInstance(
  store: ImageStore,
  list: ManifestList,
  entry: Descriptor,
  target: ListTarget,
  options: PushListOptions,
): Promise<Pushed> {
  const source = list.image.record.sources?.[entry.digest]
  const place = source === undefined ? undefined : parseArchivePlace(source)
  if (source !== undefined && place) {
    await using files = await openPlaceSource(place, options.access.environment).catch((error: unknown) => {
      throw inContext(`reading default manifest from image "${source}"`, error)
    })
    return await copyInstance(files, entry, target, options)
  }
  const image = store.findByManifest(entry.digest)
  if (image) return target.pushStored(image)
  if (source === undefined)
    throw new EngineError('ERR_IMAGE_UNKNOWN', `${entry.digest} of the list ${list.image.names[0] ?? list.id}`)
  return copyInstance(repositorySource(await repositoryOf(source, entry, options)), entry, target, options)
}

/** The repository that an entry came from: a mirror of it, or itself. */
async function repositoryOf(source: string, {digest}: Descriptor, options: PushOptions): Promise<Repository> {
  const {access, signal} = options
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
