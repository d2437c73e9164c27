import type {Readable} from 'node:stream'
import {EngineError} from '../../errors/index.ts'
import type {Descriptor, Digest} from '../../oci/types/image-spec.ts'
import {digestOf} from '../digest.ts'
import {parseImageConfig} from '../documents/config.ts'
import {mediaTypeOf, parseManifest} from '../documents/manifest.ts'
import type {SourceImage} from '../source-image.ts'

/** Where the blobs of a manifest come from: an OCI layout, a `dir`, a registry. */
export interface BlobSource {
  /** A small blob, checked against its digest. */
  read(descriptor: Descriptor): Promise<Uint8Array>
  open(descriptor: Descriptor, signal?: AbortSignal): Readable | Promise<Readable>
}

/** The image that a manifest describes. @throws ERR_MANIFEST_INVALID, ERR_DIGEST_MISMATCH */
export async function imageOfManifest(manifestBytes: Uint8Array, blobs: BlobSource): Promise<SourceImage> {
  const manifest = parseManifest(manifestBytes)
  const configBytes = await blobs.read(manifest.config)
  const {diff_ids: diffIDs} = parseImageConfig(configBytes).rootfs
  if (diffIDs.length !== manifest.layers.length)
    throw new EngineError(
      'ERR_MANIFEST_INVALID',
      `the manifest has ${manifest.layers.length} layers, the configuration ${diffIDs.length}`,
    )
  const layers = manifest.layers.map((layer, index) => ({
    diffID: diffIDs[index] as Digest,
    blobDigest: layer.digest,
    blobSize: layer.size,
    mediaType: layer.mediaType,
    open: (signal?: AbortSignal) => blobs.open(layer, signal),
  }))
  return {configBytes, manifestBytes, manifestMediaType: mediaTypeOf(manifestBytes), layers}
}

/** @throws ERR_DIGEST_MISMATCH */
export function checkDigest(bytes: Uint8Array, digest: Digest, what: string): Uint8Array {
  const found = digestOf(bytes)
  if (found !== digest) throw new EngineError('ERR_DIGEST_MISMATCH', `${what}: expected ${digest}, got ${found}`)
  return bytes
}
