import type {Digest} from '../oci/types/image-spec.ts'

/** Hears how a copy into or out of the store goes; every method is optional for a quiet copy. */
export interface CopyReport {
  /** A sentence of its own, as podman prints them: `Getting image source signatures`. */
  line?(text: string): void
  /** A blob's copy begins; its methods are called as it goes. */
  blob?(digest: Digest, totalBytes: number | undefined): BlobReport
}

export interface BlobReport {
  advance(bytes: number): void
  /** The destination had it. */
  skip(): void
  done(): void
}

export const quiet: CopyReport = {}
