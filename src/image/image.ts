import type {ChainID} from '../../storage/snapshotter.ts'
import type {Digest, ImageConfig} from '../oci/types/image-spec.ts'
import type {ImageRecord} from './image-record.ts'

/**
 * An image of the store as it was when it was looked up. The small record is at hand; configuration and manifest
 * are read and parsed at the first use.
 */
export interface Image {
  /** 64 hex digits: the digest of the configuration (of the list, for a manifest list). */
  readonly id: string
  /** Of the manifest the image came with last. */
  readonly digest: Digest
  /** Of every manifest the image came with. */
  readonly digests: readonly Digest[]
  /** Full names with tag or digest, as given. */
  readonly names: readonly string[]
  /** Every name it ever had, newest first. */
  readonly namesHistory: readonly string[]
  readonly record: ImageRecord
  /** Chain id of the highest layer; undefined for an image without layers. */
  readonly topLayer: ChainID | undefined
  /** @throws ERR_RECORD_CORRUPT when the bytes are missing or spoilt; ERR_IMAGE_UNKNOWN for a manifest list */
  readonly config: ImageConfig
  readonly configBytes: Buffer
  readonly manifestBytes: Buffer
  /** The same image as it came with that manifest, one of `digests`. */
  withManifest(digest: Digest): Image
}
