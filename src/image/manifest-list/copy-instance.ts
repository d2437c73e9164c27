import {EngineError} from '../../errors/index.ts'
import type {Descriptor, Digest} from '../../oci/types/image-spec.ts'
import {compressionOfType} from '../compression.ts'
import {type BlobReport, reportCopy, watched} from '../copy-report.ts'
import {parseManifest} from '../documents/manifest.ts'
import {type Pushed, type PushOptions, pushedManifest} from '../push.ts'
import {againInPieces} from '../registry/blob-uploads.ts'
import type {RemoteManifest, Repository} from '../registry/repository.ts'
import {withRetries} from '../registry/retry.ts'
import {formOf, manifestFor} from '../saved-manifest.ts'

/** Brings the blobs of a manifest from one repository to another, through memory; the caller puts the manifest. */
export async function copyInstance(
  source: Repository,
  {digest}: Descriptor,
  target: Repository,
  options: PushOptions,
): Promise<Pushed> {
  const {report, signal} = options
  if (options.forceCompression)
    throw new EngineError('ERR_NOT_SUPPORTED', `other compression for ${digest}, which is not in the store: pull it`)
  report?.line?.('Getting image source signatures')
  const manifest = await source.manifest(digest, signal)
  const {config, layers} = parseManifest(manifest.bytes)
  for (const layer of layers) {
    await copyBlob(source, layer, target, options, reportCopy(report, 'blob', layer.digest, layer.size))
  }
  await copyBlob(source, config, target, options, reportCopy(report, 'config', config.digest, config.size))
  return inForm(manifest, options)
}

/** Found, mounted, or streamed with its digest checked on the way. */
async function copyBlob(
  source: Repository,
  descriptor: Descriptor,
  target: Repository,
  {access, signal}: PushOptions,
  progress: BlobReport,
): Promise<void> {
  const {digest} = descriptor
  if ((await target.hasBlob(digest)) !== undefined || (await isMounted(source, digest, target))) {
    progress.skip()
    return
  }
  const sendOnce = async () => {
    const blob = source.openBlob(descriptor, signal)
    try {
      await target.uploads.sendStream(watched(blob.direct(), progress), signal, digest)
    } finally {
      blob.destroy()
    }
  }
  await withRetries(access.retry, signal, () => againInPieces(sendOnce))
  progress.done()
}

async function isMounted(source: Repository, digest: Digest, target: Repository): Promise<boolean> {
  const isSameRegistry = source.client.host === target.client.host && source.path !== target.path
  return isSameRegistry && (await target.uploads.mount(digest, source.path))
}

/** The manifest as it is unless another form is asked for. */
function inForm({bytes, digest, mediaType}: RemoteManifest, {form}: PushOptions): Pushed {
  if (form === undefined || form === formOf(bytes)) return {bytes, digest, mediaType}
  const blobs = parseManifest(bytes).layers.map((layer) => {
    const compression = compressionOfType(layer.mediaType)
    if (compression === undefined)
      throw new EngineError(
        'ERR_REFUSED',
        `${digest}: a layer of type ${layer.mediaType} has no place in --format ${form}`,
      )
    return {digest: layer.digest, size: layer.size, compression}
  })
  return pushedManifest(manifestFor(bytes, form, blobs), form)
}
