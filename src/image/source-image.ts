import type {Readable} from 'node:stream'
import type {Digest} from '../oci/types/image-spec.ts'

export interface SourceLayer {
  readonly diffID: Digest
  /** Of the bytes that `open` gives, when they are compressed. */
  readonly blobDigest?: Digest
  readonly blobSize?: number
  readonly mediaType?: string
  open(signal?: AbortSignal): Readable | Promise<Readable>
}

/** An image outside the store, ready to be taken in: small documents in memory, layers to be opened when needed. */
export interface SourceImage {
  readonly configBytes: Uint8Array
  /** Absent: an OCI manifest over the uncompressed layers is made. */
  readonly manifestBytes?: Uint8Array
  readonly manifestMediaType?: string
  /** The list that the manifest was chosen from; kept so that the image is found by the list's digest too. */
  readonly indexBytes?: Uint8Array
  /** From the lowest up. */
  readonly layers: readonly SourceLayer[]
}
