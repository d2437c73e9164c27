import {createHash, randomUUID} from 'node:crypto'
import {createWriteStream, renameSync} from 'node:fs'
import {join} from 'node:path'
import {Transform} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {ChainID} from '../../../storage/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {type CompressionWanted, compress} from '../compression.ts'
import {type BlobReport, watched} from '../copy-report.ts'
import {hexOf} from '../digest.ts'
import type {ImageStore} from '../image-store.ts'

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
  const aside = join(request.directory, `.new-${randomUUID()}`)
  const meter = new Meter()
  const {layers} = request.store
  const sink = createWriteStream(aside, {mode: 0o644})
  const options = {signal: request.signal}
  const source = request.compression
    ? compress(watched(layers.tarChunks(request.chainID), request.progress), request.compression)
    : watched(layers.tar(request.chainID), request.progress)
  await pipeline(source, meter, sink, options)
  const blob = {digest: meter.digest(), size: meter.bytes}
  renameSync(aside, join(request.directory, hexOf(blob.digest)))
  return blob
}

/** Passes bytes on, counting and hashing them. */
export class Meter extends Transform {
  readonly #hash = createHash('sha256')
  bytes = 0

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk)
    this.bytes += chunk.length
    done(null, chunk)
  }

  /** When the stream has ended. */
  digest(): Digest {
    return `sha256:${this.#hash.digest('hex')}`
  }
}
