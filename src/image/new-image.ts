import type {LayerStore} from '../../storage/layer-store.ts'
import {EngineError} from '../errors/index.ts'
import {type Descriptor, type ImageConfig, type Manifest, mediaTypes} from '../oci/types/image-spec.ts'
import {chainIDsOf, digestOf, hexOf} from './digest.ts'
import {parseImageConfig} from './documents/config.ts'
import {isIndexType, mediaTypeOf, parseIndex, parseManifest} from './documents/manifest.ts'
import {IMAGE_RECORD_VERSION, type ImageRecord} from './image-record.ts'
import type {NewImage, NewIndex} from './image-store.ts'

export interface PreparedImage {
  readonly record: ImageRecord
  readonly configBytes: Uint8Array | undefined
  readonly manifestBytes: Uint8Array
  readonly indexBytes?: Uint8Array
}

const ZERO_TIME = '0001-01-01T00:00:00Z'

/** The record and the bytes of a new image. @throws ERR_MANIFEST_INVALID; ERR_LAYER_UNKNOWN for a layer not applied */
export function prepareImage(image: NewImage, layers: LayerStore): PreparedImage {
  const {configBytes} = image
  const config = parseImageConfig(configBytes)
  const chain = chainIDsOf(config.rootfs.diff_ids)
  for (const chainID of chain) if (!layers.has(chainID)) throw new EngineError('ERR_LAYER_UNKNOWN', chainID)
  const manifestBytes = image.manifestBytes ?? Buffer.from(JSON.stringify(makeManifest(config, configBytes, layers)))
  const manifest = parseManifest(manifestBytes)
  if (manifest.config.digest !== digestOf(configBytes))
    throw new EngineError('ERR_MANIFEST_INVALID', 'manifest.config.digest is not that of the configuration')
  const layerBytes = chain.reduce((sum, chainID) => sum + layers.get(chainID).sizeBytes, 0)
  const record: ImageRecord = {
    version: IMAGE_RECORD_VERSION,
    id: hexOf(digestOf(configBytes)),
    kind: 'image',
    mediaType: image.manifestMediaType ?? mediaTypeOf(manifestBytes),
    createdAt: config.created ?? ZERO_TIME,
    architecture: config.architecture,
    os: config.os,
    ...(config.variant !== undefined && {variant: config.variant}),
    labels: config.config?.Labels ?? {},
    layers: chain,
    diffIDs: config.rootfs.diff_ids,
    // podman keeps the manifest under two keys and counts both
    sizeBytes: layerBytes + configBytes.length + 2 * manifestBytes.length,
  }
  return {record, configBytes, manifestBytes, ...(image.indexBytes && {indexBytes: image.indexBytes})}
}

/** The record of a manifest list. */
export function indexRecord(id: string, {bytes, sources}: NewIndex, createdAt: string): ImageRecord {
  const mediaType = mediaTypeOf(bytes)
  if (!isIndexType(mediaType)) throw new EngineError('ERR_MANIFEST_INVALID', `${mediaType} is no manifest list`)
  parseIndex(bytes)
  return {
    version: IMAGE_RECORD_VERSION,
    id,
    kind: 'index',
    mediaType,
    createdAt,
    architecture: '',
    os: '',
    labels: {},
    layers: [],
    diffIDs: [],
    sizeBytes: bytes.length,
    ...(Object.keys(sources).length > 0 && {sources}),
  }
}

/** The manifest of an image that was made here: its layers are the uncompressed tars. */
function makeManifest(config: ImageConfig, configBytes: Uint8Array, layers: LayerStore): Manifest {
  const chain = chainIDsOf(config.rootfs.diff_ids)
  const descriptors: Descriptor[] = config.rootfs.diff_ids.map((digest, index) => ({
    mediaType: mediaTypes.ociLayer,
    digest,
    size: layers.get(chain[index] as typeof digest).sizeBytes,
  }))
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: {mediaType: mediaTypes.ociConfig, digest: digestOf(configBytes), size: configBytes.length},
    layers: descriptors,
  }
}
