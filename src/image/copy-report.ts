import type {Digest} from '../oci/types/image-spec.ts'
import type {Image} from './image.ts'

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

/** The chunks as they come; the report hears of each. */
export async function* watched(chunks: AsyncIterable<Buffer>, report: BlobReport = unwatched): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    report.advance(chunk.length)
    yield chunk
  }
}

/** What podman says of an image that is made here, layer for layer, as if it were copied. */
export class NewImageReport {
  readonly #report: CopyReport | undefined

  constructor(report: CopyReport | undefined) {
    this.#report = report
    report?.line?.('Getting image source signatures')
  }

  /** A layer that is there; one of the image below unless it is new. */
  layer(digest: Digest, place: 'below' | 'new'): void {
    const blob = reportCopy(this.#report, 'blob', digest)
    if (place === 'below') blob.skip()
    else blob.done()
  }

  image(configDigest: Digest): void {
    reportCopy(this.#report, 'config', configDigest).done()
    this.#report?.line?.('Writing manifest to image destination')
  }
}

/** What podman says of an image that is copied within the store. */
export function reportStored({id, record}: Image, report: CopyReport | undefined): void {
  const copied = new NewImageReport(report)
  for (const diffID of record.diffIDs) copied.layer(diffID, 'new')
  copied.image(`sha256:${id}`)
  report?.line?.('Storing signatures')
}

/** Tells the report, if there is one and it listens. */
export function reportCopy(
  report: CopyReport | undefined,
  kind: 'blob' | 'config',
  digest: Digest,
  totalBytes?: number,
): BlobReport {
  return report?.copying?.(kind, digest, totalBytes) ?? unwatched
}
