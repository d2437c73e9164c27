import type {Digest} from '../oci/types/image-spec.ts'

/** Hears how a copy into or out of the store goes; every method is optional for a quiet copy. */
export interface CopyReport {
  /** A sentence of its own, as podman prints them: `Getting image source signatures`. */
  line?(text: string): void
  /** A blob's copy begins, or waits for its turn; what is returned hears how it goes. */
  copying?(kind: 'blob' | 'config', digest: Digest, totalBytes: number | undefined): BlobReport
}

export interface BlobReport {
  advance(bytes: number): void
  /** The destination had it. */
  skip(): void
  done(): void
}

export const quiet: CopyReport = {}

/** For a copy that nobody watches byte by byte. */
export const unwatched: BlobReport = {advance: () => undefined, skip: () => undefined, done: () => undefined}

/** Tells the report, if there is one and it listens. */
export function reportCopy(
  report: CopyReport | undefined,
  kind: 'blob' | 'config',
  digest: Digest,
  totalBytes?: number,
): BlobReport {
  return report?.copying?.(kind, digest, totalBytes) ?? unwatched
}
