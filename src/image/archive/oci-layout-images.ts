import {EngineError, inContext} from '../../errors/index.ts'
import type {Descriptor, Digest} from '../../oci/types/image-spec.ts'
import {hexOf} from '../digest.ts'
import {isIndexType, parseIndex} from '../documents/manifest.ts'
import {indexOfReference} from '../named-archive.ts'
import {choosePlatform, type PlatformWanted} from '../platform.ts'
import {formatReference, parseLocalReference, parseReference} from '../reference.ts'
import type {ArchiveFiles} from './archive-files.ts'
import type {ArchivedImage} from './archived-image.ts'
import {type BlobSource, checkDigest, imageOfManifest} from './manifest-image.ts'

const REF_NAME = 'org.opencontainers.image.ref.name'
const CONTAINERD_NAME = 'io.containerd.image.name'
const MAX_NESTING = 3

/**
 * The images of an OCI layout: one for each manifest of `index.json`; of a nested index the one for this platform.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
 */
export async function readOciLayout(files: ArchiveFiles, platform: PlatformWanted): Promise<readonly ArchivedImage[]> {
  const index = parseIndex(await files.read('index.json'), 'index.json')
  const images: ArchivedImage[] = []
  for (const descriptor of index.manifests) images.push(await readImage(files, descriptor, platform))
  return images
}

/**
 * One of its images: that with this ref.name, that at `@N`, or without a reference the only one.
 * @throws ERR_REFUSED in podman's words, after `context`
 */
export async function readOneOfOciLayout(
  files: ArchiveFiles,
  reference: string | undefined,
  platform: PlatformWanted,
  context: string,
): Promise<ArchivedImage> {
  const descriptor = await readOneDescriptor(files, reference).catch((error: unknown) => {
    throw inContext(context, error)
  })
  return readImage(files, descriptor, platform)
}

/** What the index says of that image, or list. @throws ERR_REFUSED in podman's words */
export async function readOneDescriptor(files: ArchiveFiles, reference: string | undefined): Promise<Descriptor> {
  const {manifests} = parseIndex(await files.read('index.json'), 'index.json')
  if (reference === undefined && manifests.length > 1)
    throw new EngineError('ERR_REFUSED', 'more than one image in oci, choose an image')
  const index = reference === undefined ? 0 : indexOfReference(reference)
  const found =
    index === undefined ? manifests.find(({annotations}) => annotations?.[REF_NAME] === reference) : manifests[index]
  if (found) return found
  throw new EngineError('ERR_REFUSED', `no descriptor found for reference "${reference ?? ''}"`)
}

async function readImage(
  files: ArchiveFiles,
  descriptor: Descriptor,
  platform: PlatformWanted,
): Promise<ArchivedImage> {
  const manifest = await resolveIndex(files, descriptor, platform, MAX_NESTING)
  return {...(await imageOfManifest(manifest, layoutBlobs(files))), names: namesOf(descriptor)}
}

async function resolveIndex(
  files: ArchiveFiles,
  descriptor: Descriptor,
  platform: PlatformWanted,
  nesting: number,
): Promise<Uint8Array> {
  const bytes = await layoutBlobs(files).read(descriptor)
  if (!isIndexType(descriptor.mediaType)) return bytes
  if (nesting === 0) throw new EngineError('ERR_ARCHIVE_INVALID', 'indexes are nested too deep')
  return resolveIndex(files, choosePlatform(parseIndex(bytes), platform), platform, nesting - 1)
}

function layoutBlobs(files: ArchiveFiles): BlobSource {
  const path = (digest: Digest) => `blobs/sha256/${hexOf(digest)}`
  return {
    read: async ({digest}) => checkDigest(await files.read(path(digest)), digest, path(digest)),
    open: ({digest}) => files.open(path(digest)),
  }
}

/** podman writes the full name as ref.name; docker and nerdctl write the tag there and the name beside it. */
function namesOf(descriptor: Descriptor): readonly string[] {
  const {[CONTAINERD_NAME]: full, [REF_NAME]: name} = descriptor.annotations ?? {}
  if (full !== undefined) return [formatReference(parseReference(full))]
  return name === undefined || name === '' ? [] : [formatReference(parseLocalReference(name))]
}
