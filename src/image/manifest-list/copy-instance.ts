import {Measure, openDecompressed} from '../../../storage/index.ts'
import {EngineError} from '../../errors/index.ts'
import type {Descriptor} from '../../oci/types/image-spec.ts'
import {type CompressionWanted, compress} from '../compression.ts'
import {type BlobReport, reportCopy, watched} from '../copy-report.ts'
import {parseManifest} from '../documents/manifest.ts'
import {type Pushed, type PushOptions, pushedManifest} from '../push.ts'
import type {RemoteManifest} from '../registry/repository.ts'
import {formOf, type LayerBlob, manifestFor} from '../saved-manifest.ts'
import type {InstanceSource} from './instance-source.ts'
import type {ListTarget} from './list-target.ts'

type CarriedLayer = Omit<LayerBlob, 'compression'> & {readonly compression: LayerBlob['compression'] | undefined}

/** Brings the blobs of a manifest from where it is to the target, through memory; the caller puts the manifest. */
export async function copyInstance(
  source: InstanceSource,
  {digest}: Descriptor,
  target: ListTarget,
  options: PushOptions,
): Promise<Pushed> {
  const {report, signal} = options
  report?.line?.('Getting image source signatures')
  const manifest = await source.manifest(digest, signal)
  const {config, layers} = parseManifest(manifest.bytes)
  const carried: CarriedLayer[] = []
  for (const layer of layers) carried.push(await carryLayer(source, layer, target, options))
  const progress = reportCopy(report, 'config', config.digest, config.size)
  if (await target.has(config, source)) progress.skip()
  else await carry(source, config, target, options, progress)
  return inForm(manifest, carried, target)
}

async function carryLayer(
  source: InstanceSource,
  layer: Descriptor,
  target: ListTarget,
  options: PushOptions,
): Promise<CarriedLayer> {
  const {digest, size} = layer
  const compression = await source.compressionOf(layer)
  const wanted = newCompression(compression, source, target, options)
  const progress = reportCopy(options.report, 'blob', digest, size)
  if (wanted) {
    const sent = await target.send(() => recompressed(source, layer, wanted, options, progress))
    progress.done()
    return {...sent, compression: wanted.format}
  }
  if (await target.has(layer, source)) progress.skip()
  else await carry(source, layer, target, options, progress)
  return {digest, size, compression}
}

/** What one registry has, another takes as it is; the plain layers of an archive are compressed as those of the store. */
function newCompression(
  compression: CarriedLayer['compression'],
  {repository}: InstanceSource,
  target: ListTarget,
  {forceCompression}: PushOptions,
): CompressionWanted | undefined {
  if (forceCompression && compression !== target.compression?.format) return target.compression
  return compression === 'none' && !repository ? target.compression : undefined
}

async function carry(
  source: InstanceSource,
  blob: Descriptor,
  target: ListTarget,
  {signal}: PushOptions,
  progress: BlobReport,
): Promise<void> {
  await target.send(() => watched(source.chunks(blob, signal), progress), blob.digest)
  progress.done()
}

async function* recompressed(
  source: InstanceSource,
  layer: Descriptor,
  wanted: CompressionWanted,
  {signal}: PushOptions,
  progress: BlobReport,
): AsyncGenerator<Buffer> {
  const measure = new Measure()
  const read = watched(measure.passing(source.chunks(layer, signal)), progress)
  yield* compress((await openDecompressed(read)).chunks, wanted)
  const found = measure.digest()
  if (found !== layer.digest) throw new EngineError('ERR_DIGEST_MISMATCH', `blob ${layer.digest}: got ${found}`)
}

/** The manifest as it is unless its layers became others, or another form is asked for. */
function inForm(
  {bytes, digest, mediaType}: RemoteManifest,
  carried: readonly CarriedLayer[],
  target: ListTarget,
): Pushed {
  const form = target.formFor(formOf(bytes))
  const {layers} = parseManifest(bytes)
  const isSame = layers.every((layer, index) => layer.digest === carried[index]?.digest)
  if (isSame && form === formOf(bytes)) return {bytes, digest, mediaType}
  const blobs = carried.map(({compression, ...blob}, index) => {
    if (compression !== undefined) return {...blob, compression}
    const type = layers[index]?.mediaType
    throw new EngineError('ERR_REFUSED', `${digest}: a layer of type ${type} has no place in --format ${form}`)
  })
  return pushedManifest(manifestFor(bytes, form, blobs), form)
}
