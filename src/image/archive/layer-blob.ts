import {randomUUID} from 'node:crypto'
import {createWriteStream, renameSync} from 'node:fs'
import {join} from 'node:path'
import {type ChainID, Measure} from '../../../storage/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {type CompressionWanted, compress} from '../compression.ts'
import {type BlobReport, watched} from '../copy-report.ts'
import {hexOf} from '../digest.ts'
import type {ImageStore} from '../image-store.ts'
import {writeAll} from './write-all.ts'

export interface WrittenBlob {
  readonly digest: Digest
  readonly size: number
}

export interface BlobRequest {
  readonly store: ImageStore
  readonly chainID: ChainID
  readonly compression?: CompressionWanted | undefined
  /** Gets the file, named by the hex digits of its digest. */
  readonly directory: string
  readonly signal?: AbortSignal
  readonly progress?: BlobReport
}

/** Writes a layer as a blob file, plain or compressed. */
export async function writeLayerBlob(request: BlobRequest): Promise<WrittenBlob> {
  const {store, chainID, compression, directory, signal, progress} = request
  const aside = join(directory, `.new-${randomUUID()}`)
  const measure = new Measure()
  const layer = watched(store.layers.tarChunks(chainID), progress)
  const chunks = measure.passing(compression ? compress(layer, compression) : layer)
  await writeAll(chunks, createWriteStream(aside, {mode: 0o644}), signal)
  const blob = {digest: measure.digest(), size: measure.sizeBytes}
  renameSync(aside, join(directory, hexOf(blob.digest)))
  return blob
}
