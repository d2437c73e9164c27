import type {ChainID} from '../../storage/snapshotter.ts'
import type {Versioned} from '../host/index.ts'
import type {Digest} from '../oci/types/image-spec.ts'

export const IMAGE_RECORD_VERSION = 1

/**
 * What listings need of an image, written once when it is made: `<root>/images/<id>/record.json`, beside the original
 * bytes in `config` and `manifest-<hex>`. Names change, so they are in the index.
 */
export interface ImageRecord extends Versioned {
  readonly id: string
  /** A manifest list has no configuration and no layers of its own. */
  readonly kind: 'image' | 'index'
  readonly mediaType: string
  /** RFC 3339; from the configuration. */
  readonly createdAt: string
  readonly architecture: string
  readonly os: string
  readonly variant?: string
  readonly labels: Readonly<Record<string, string>>
  /** From the lowest up. */
  readonly layers: readonly ChainID[]
  readonly diffIDs: readonly Digest[]
  /** Uncompressed layers, configuration and manifest. */
  readonly sizeBytes: number
  /** Of a manifest list: the registry references (`docker://…`) of entries that were never pulled. */
  readonly sources?: Readonly<Record<Digest, string>>
}

/** `<root>/images/index.json`: which images exist, and their names. An image directory not listed here is left over. */
export interface ImageIndex extends Versioned {
  readonly images: Readonly<Record<string, IndexEntry>>
}

export interface IndexEntry {
  readonly names: readonly string[]
  readonly namesHistory: readonly string[]
  /** Digests of the manifests kept; the last is the newest. */
  readonly digests: readonly Digest[]
}
