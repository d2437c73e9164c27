import {randomUUID} from 'node:crypto'
import {createWriteStream, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {Measure} from '../../../storage/index.ts'
import {EngineError} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {hexOf} from '../digest.ts'
import {writeAll} from './write-all.ts'

export interface WrittenBlob {
  readonly digest: Digest
  readonly size: number
}

export interface BlobFileOptions {
  readonly signal?: AbortSignal | undefined
  /** What the bytes must be. */
  readonly expected?: Digest | undefined
}

/** Writes a blob into a directory, under the hex digits of its digest. @throws ERR_DIGEST_MISMATCH */
export async function writeBlobFile(
  directory: string,
  chunks: AsyncIterable<Buffer>,
  {signal, expected}: BlobFileOptions = {},
): Promise<WrittenBlob> {
  const aside = join(directory, `.new-${randomUUID()}`)
  const measure = new Measure()
  try {
    await writeAll(measure.passing(chunks), createWriteStream(aside, {mode: 0o644}), signal)
    const digest = measure.digest()
    if (expected !== undefined && digest !== expected)
      throw new EngineError('ERR_DIGEST_MISMATCH', `blob ${expected}: got ${digest}`)
    renameSync(aside, join(directory, hexOf(digest)))
    return {digest, size: measure.sizeBytes}
  } catch (error) {
    rmSync(aside, {force: true})
    throw error
  }
}
