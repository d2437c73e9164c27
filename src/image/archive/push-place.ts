import {EngineError, inContext} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import type {CompressionWanted} from '../compression.ts'
import type {CopyReport} from '../copy-report.ts'
import {digestOf} from '../digest.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import {type ArchivePlace, type ArchiveTransport, formatArchivePlace} from '../named-archive.ts'
import {formatReference, parseReference, withDefaultTag} from '../reference.ts'
import {formOf, type ManifestForm} from '../saved-manifest.ts'
import {checkTarget} from './check-target.ts'
import type {SaveFormat, WriteRequest} from './write-request.ts'
import {writers} from './writers.ts'

export interface PushPlaceOptions {
  readonly compression: CompressionWanted
  /** Also where layers are left plain by themselves. */
  readonly forceCompression?: boolean
  /** The image's own form when not given, as far as the place takes it. */
  readonly form?: ManifestForm
  readonly temporaryDirectory: string
  readonly report?: CopyReport
  readonly signal?: AbortSignal
}

/**
 * Writes an image to an archive or directory: compressed in an OCI layout, plain elsewhere unless that is asked for.
 * Returns the manifest's digest there. @throws ERR_REFUSED in podman's words
 */
export async function pushToPlace(
  store: ImageStore,
  source: string,
  place: ArchivePlace,
  options: PushPlaceOptions,
): Promise<Digest> {
  const {image, name} = store.resolve(source)
  const names = namesIn(place, image.names.includes(name) ? [name] : [])
  const way = wayOf(image, place, options)
  checkTarget(place)
  options.report?.line?.('Getting image source signatures')
  const manifest = await writeTo(place, {...options, ...way, store, images: [{image, names}]})
  store.emit('push', image.id, formatArchivePlace(place))
  return digestOf(manifest)
}

const formats = {
  oci: 'oci-dir',
  'oci-archive': 'oci-archive',
  'docker-archive': 'docker-archive',
  dir: 'docker-dir',
} as const satisfies Record<ArchiveTransport, SaveFormat>

async function writeTo(place: ArchivePlace, request: Omit<WriteRequest, 'format' | 'output'>): Promise<Uint8Array> {
  const format = formats[place.transport]
  try {
    return await writers[format]({...request, format, output: place.path})
  } catch (error) {
    throw format === 'docker-archive'
      ? inContext(`initializing destination ${formatArchivePlace(place)}`, error)
      : error
  }
}

/** An archive of Docker's also keeps the name that the image was asked for by; an OCI layout takes any word. */
function namesIn({transport, reference}: ArchivePlace, own: readonly string[]): readonly string[] {
  if (reference?.startsWith('@')) throw new EngineError('ERR_REFUSED', `Invalid image ${reference}`)
  if (transport === 'dir') return []
  if (transport !== 'docker-archive') return reference === undefined ? [] : [reference]
  return reference === undefined ? own : [...new Set([nameIn(reference), ...own])]
}

function nameIn(reference: string): string {
  const parsed = withDefaultTag(parseReference(reference))
  if (parsed.digest === undefined) return formatReference(parsed)
  throw new EngineError('ERR_REFUSED', `reference does not include a tag: ${formatReference(parsed)}`)
}

/** How the layers and the manifest are written there. */
function wayOf(
  image: Image,
  {transport}: ArchivePlace,
  {compression: wanted, forceCompression: force = false, form: asked}: PushPlaceOptions,
): {readonly form: ManifestForm; readonly compression: CompressionWanted | undefined} {
  if (transport === 'docker-archive') {
    if (asked === 'oci')
      throw new EngineError(
        'ERR_REFUSED',
        'writing manifest: Unsupported manifest type, need a Docker schema 2 manifest',
      )
    if (force) throw new EngineError('ERR_REFUSED', 'the layers of a docker-archive are not compressed')
    return {form: 'v2s2', compression: undefined}
  }
  const compression = transport !== 'dir' || force ? wanted : undefined
  const isZstd = compression?.format === 'zstd'
  const form = asked ?? (transport !== 'dir' || isZstd ? 'oci' : formOf(image.manifestBytes))
  if (form === 'v2s2' && isZstd) throw new EngineError('ERR_REFUSED', 'zstd compression needs --format oci')
  return {form, compression}
}
