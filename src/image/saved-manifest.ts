import {type Descriptor, type Digest, mediaTypes} from '../oci/types/image-spec.ts'
import {mediaTypeOf, parseManifest} from './documents/manifest.ts'

export type ManifestForm = 'oci' | 'v2s2'

export interface LayerBlob {
  readonly digest: Digest
  readonly size: number
  readonly compression: 'none' | 'gzip' | 'zstd'
}

/**
 * The manifest for an image whose layers are carried as these blobs. The original bytes when they say just that: their
 * digest is the image's identity elsewhere.
 */
export function manifestFor(original: Uint8Array, form: ManifestForm, blobs: readonly LayerBlob[]): Uint8Array {
  return isSame(original, form, blobs) ? original : Buffer.from(JSON.stringify(makeManifest(original, form, blobs)))
}

export function formOf(manifestBytes: Uint8Array): ManifestForm {
  return mediaTypeOf(manifestBytes) === mediaTypes.dockerManifest ? 'v2s2' : 'oci'
}

export function typeOfForm(form: ManifestForm): string {
  return form === 'v2s2' ? mediaTypes.dockerManifest : mediaTypes.ociManifest
}

function isSame(original: Uint8Array, form: ManifestForm, blobs: readonly LayerBlob[]): boolean {
  if (formOf(original) !== form) return false
  const {layers} = parseManifest(original)
  return layers.length === blobs.length && layers.every((layer, index) => isSameLayer(layer, blobs[index], form))
}

/** Manifests of docker archives call plain layers compressed; such a one must not leave the store. */
function isSameLayer(layer: Descriptor, blob: LayerBlob | undefined, form: ManifestForm): boolean {
  if (blob === undefined || layer.digest !== blob.digest) return false
  return layer.mediaType === (form === 'v2s2' ? dockerTypes : ociTypes)[blob.compression]
}

function makeManifest(bytes: Uint8Array, form: ManifestForm, blobs: readonly LayerBlob[]): object {
  const original = parseManifest(bytes)
  const {config} = original
  if (form === 'v2s2')
    return {
      schemaVersion: 2,
      mediaType: mediaTypes.dockerManifest,
      config: {mediaType: mediaTypes.dockerConfig, size: config.size, digest: config.digest},
      layers: blobs.map(({digest, size, compression}) => ({mediaType: dockerTypes[compression], size, digest})),
    }
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: {mediaType: mediaTypes.ociConfig, digest: config.digest, size: config.size},
    layers: blobs.map((blob, index) => ociLayer(blob, original.layers[index])),
    ...(original.annotations && {annotations: original.annotations}),
  }
}

function ociLayer({digest, size, compression}: LayerBlob, original: Descriptor | undefined): Descriptor {
  const annotations = original?.annotations
  return {mediaType: ociTypes[compression], digest, size, ...(annotations && {annotations})}
}

const ociTypes = {none: mediaTypes.ociLayer, gzip: mediaTypes.ociLayerGzip, zstd: mediaTypes.ociLayerZstd} as const
// Docker has no type of its own for zstd
const dockerTypes = {
  none: mediaTypes.dockerLayer,
  gzip: mediaTypes.dockerLayerGzip,
  zstd: mediaTypes.ociLayerZstd,
} as const
