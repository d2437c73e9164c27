import type {Writable} from 'node:stream'
import type {CompressionWanted} from '../compression.ts'
import type {CopyReport} from '../copy-report.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import type {ManifestForm} from '../saved-manifest.ts'

export const saveFormats = ['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'] as const
export type SaveFormat = (typeof saveFormats)[number]

export interface SaveOptions {
  readonly format: SaveFormat
  /** A path; for archives also a stream. */
  readonly output: string | Writable
  /** Of the layers; none when left out. A docker-archive's layers are always plain. */
  readonly compression?: CompressionWanted | undefined
  /** Another form of manifest than the format's own; a docker-archive has none. */
  readonly form?: ManifestForm
  readonly temporaryDirectory: string
  readonly report?: CopyReport
  readonly signal?: AbortSignal
}

/** An image to be saved, with the names it gets in the archive. */
export interface SavedImage {
  readonly image: Image
  readonly names: readonly string[]
}

/** What a writer needs. */
export interface WriteRequest extends SaveOptions {
  readonly store: ImageStore
  readonly images: readonly [SavedImage, ...SavedImage[]]
}
