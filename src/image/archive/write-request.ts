import type {Writable} from 'node:stream'
import type {CopyReport} from '../copy-report.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'

export const saveFormats = ['docker-archive', 'oci-archive', 'oci-dir', 'docker-dir'] as const
export type SaveFormat = (typeof saveFormats)[number]

export interface SaveOptions {
  readonly format: SaveFormat
  /** A path; for archives also a stream. */
  readonly output: string | Writable
  /** Layers with gzip; the default of the OCI formats. */
  readonly compress: boolean
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
