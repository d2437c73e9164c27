const FIRST_BYTES = 8 * 1024 * 1024
const LEAST_BYTES = 64 * 1024

/** How long the pieces of an upload are: halved until the registry takes them, for all blobs of one repository. */
export class PieceSize {
  #bytes = FIRST_BYTES
  /** What the registry wants at least, except of the last piece. @see distribution-spec, OCI-Chunk-Min-Length */
  #least = LEAST_BYTES

  get bytes(): number {
    return Math.max(this.#bytes, this.#least)
  }

  requireAtLeast(header: unknown): void {
    const bytes = Number(header)
    if (Number.isSafeInteger(bytes) && bytes > this.#least) this.#least = bytes
  }

  /** A piece of `length` was too long; several may be under way. @returns false when there is no shorter one */
  shrink(length: number): boolean {
    const half = Math.floor(length / 2)
    if (half < this.#least) return false
    this.#bytes = Math.min(this.#bytes, half)
    return true
  }
}

/** The bytes in pieces as long as `size` says at that time; only the last may be shorter. */
export async function* inPieces(source: AsyncIterable<Buffer>, size: PieceSize): AsyncGenerator<Buffer> {
  let parts: Buffer[] = []
  let length = 0
  for await (const chunk of source) {
    // copied: the chunk is ours only until the next comes
    parts.push(Buffer.from(chunk))
    length += chunk.length
    if (length < size.bytes) continue
    const whole = Buffer.concat(parts)
    const end = whole.length - (whole.length % size.bytes)
    yield whole.subarray(0, end)
    parts = [whole.subarray(end)]
    length = whole.length - end
  }
  if (length > 0) yield Buffer.concat(parts)
}
