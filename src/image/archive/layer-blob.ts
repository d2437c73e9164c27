import type {ChainID} from '../../../storage/index.ts'
import {type CompressionWanted, compress} from '../compression.ts'
import {type BlobReport, watched} from '../copy-report.ts'
import type {ImageStore} from '../image-store.ts'
import {type WrittenBlob, writeBlobFile} from './blob-file.ts'

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
  const layer = watched(store.layers.tarChunks(chainID), progress)
  return writeBlobFile(directory, compression ? compress(layer, compression) : layer, {signal})
}
