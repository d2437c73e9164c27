import {compressionOf, openDecompressed} from '../../../storage/index.ts'
import type {Environment} from '../../config/environment.ts'
import {EngineError} from '../../errors/index.ts'
import type {Descriptor, Digest} from '../../oci/types/image-spec.ts'
import type {ArchiveFiles} from '../archive/archive-files.ts'
import type {ArchivedImage} from '../archive/archived-image.ts'
import {readOneOfDockerArchive} from '../archive/docker-archive-images.ts'
import {checkDigest} from '../archive/manifest-image.ts'
import {readOneDescriptor} from '../archive/oci-layout-images.ts'
import {openPlace} from '../archive/open-place.ts'
import {digestOf, hexOf} from '../digest.ts'
import {mediaTypeOf} from '../documents/manifest.ts'
import type {ArchivePlace} from '../named-archive.ts'
import type {RemoteManifest} from '../registry/repository.ts'
import {chunksOf, type InstanceSource} from './instance-source.ts'

/** An archive or a directory as the origin of a list's images. */
export interface PlaceSource extends InstanceSource, AsyncDisposable {
  /** The manifest of the image, or the list, that the place names. @throws ERR_REFUSED when there is none */
  top(): Promise<RemoteManifest>
}

/** @throws ERR_REFUSED in podman's words when there is no such archive or layout; a missing `dir` shows in `top` */
export async function openPlaceSource(place: ArchivePlace, environment: Environment): Promise<PlaceSource> {
  const files = await openPlace(place, environment)
  const close = {[Symbol.asyncDispose]: () => files[Symbol.asyncDispose]()}
  try {
    if (place.transport === 'docker-archive') return {...archiveSource(files, place.reference), ...close}
    if (place.transport === 'dir') return {...dirSource(files), ...close}
    return {...layoutSource(files, await readOneDescriptor(files, place.reference)), ...close}
  } catch (error) {
    await files[Symbol.asyncDispose]()
    throw error
  }
}

type Source = Omit<PlaceSource, typeof Symbol.asyncDispose>

function layoutSource(files: ArchiveFiles, named: Descriptor): Source {
  const path = (digest: Digest) => `blobs/sha256/${hexOf(digest)}`
  const manifest = async (digest: Digest) => parsed(checkDigest(await files.read(path(digest)), digest, path(digest)))
  return {top: () => manifest(named.digest), manifest, ...blobsOf(files, path)}
}

/** The manifests of a list lie beside its own, each named by its digest. */
function dirSource(files: ArchiveFiles): Source {
  const top = async () => parsed(await files.read('manifest.json'))
  return {
    top,
    async manifest(digest) {
      const path = `${hexOf(digest)}.manifest.json`
      return parsed(checkDigest(files.has(path) ? await files.read(path) : (await top()).bytes, digest, path))
    },
    ...blobsOf(files, hexOf),
  }
}

function blobsOf(files: ArchiveFiles, path: (digest: Digest) => string): Pick<Source, 'compressionOf' | 'chunks'> {
  const chunks = ({digest}: Descriptor) => chunksOf(files.open(path(digest)))
  return {
    chunks,
    async compressionOf(layer) {
      for await (const head of chunks(layer)) {
        const found = compressionOf(head)
        return found === undefined ? 'none' : found === 'gzip' || found === 'zstd' ? found : undefined
      }
      return 'none'
    },
  }
}

/** Its layers go by the digests of their plain bytes, whatever the archive holds them as. */
function archiveSource(files: ArchiveFiles, reference: string | undefined): Source {
  let read: Promise<ArchivedImage> | undefined
  const image = () => {
    read ??= readOneOfDockerArchive(files, reference)
    return read
  }
  const top = async () => parsed((await image()).manifestBytes as Uint8Array)
  return {
    top,
    async manifest(digest) {
      const manifest = await top()
      checkDigest(manifest.bytes, digest, 'manifest of the archive')
      return manifest
    },
    compressionOf: async () => 'none',
    async *chunks({digest}, signal) {
      const {configBytes, layers} = await image()
      const layer = layers.find(({diffID}) => diffID === digest)
      if (layer) yield* (await openDecompressed(chunksOf(await layer.open(signal)))).chunks
      else if (digestOf(configBytes) === digest) yield Buffer.from(configBytes)
      else throw new EngineError('ERR_ARCHIVE_INVALID', `${digest} is missing`)
    },
  }
}

function parsed(bytes: Uint8Array): RemoteManifest {
  return {bytes: Buffer.from(bytes), digest: digestOf(bytes), mediaType: mediaTypeOf(bytes)}
}
