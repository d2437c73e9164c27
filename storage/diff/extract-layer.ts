import {statfsSync} from 'node:fs'
import type {Readable} from 'node:stream'
import {EngineError} from '../../src/errors/index.ts'
import type {Digest} from '../../src/oci/types/image-spec.ts'
import {openDecompressed} from '../decompress.ts'
import {DirectReadable} from '../direct-readable.ts'
import type {LayerLimits} from '../layer-store.ts'
import {Measure} from '../measure.ts'
import type {TarEntry} from '../tar/tar-entry.ts'
import {TarReader, type TarSink} from '../tar/tar-reader.ts'
import {TarRecordWriter} from '../tar-record.ts'
import type {LayerPlacer} from './layer-placer.ts'
import type {OpenFile} from './open-layer-file.ts'

export interface ExtractRequest {
  readonly source: Readable
  readonly onRead?: ((bytes: number) => void) | undefined
  readonly placer: LayerPlacer
  /** Where the record goes that makes the tar again. */
  readonly recordPath: string
  readonly limits: EffectiveLimits
}

export interface Extracted {
  readonly diffID: Digest
  readonly sizeBytes: number
  readonly blob: {readonly digest: Digest; readonly sizeBytes: number}
}

/** Decompresses, hashes, reads and places a layer in one pass. @throws as `LayerStore.apply` */
export async function extractLayer(request: ExtractRequest): Promise<Extracted> {
  const {source, placer, recordPath, limits, onRead} = request
  using record = new TarRecordWriter(recordPath)
  const reader = new TarReader(new PlacingSink(placer, record, limits))
  const blob = new Measure()
  const {compression, chunks} = await openDecompressed(measured(source, blob, onRead))
  const tar = compression ? new Measure() : blob
  for await (const chunk of chunks) {
    if (tar !== blob) tar.add(chunk)
    checkSize(tar.sizeBytes, blob.sizeBytes, limits)
    reader.push(chunk)
  }
  reader.end()
  placer.finish()
  record.finish()
  const blobDigest = blob.digest()
  return {
    diffID: tar === blob ? blobDigest : tar.digest(),
    sizeBytes: tar.sizeBytes,
    blob: {digest: blobDigest, sizeBytes: blob.sizeBytes},
  }
}

export interface EffectiveLimits extends Required<LayerLimits> {
  /** `maxBytes` is what the file system has left, not what somebody set. */
  readonly isFreeSpace: boolean
}

/** The limits to hold for a layer that goes to `directory`. */
export function effectiveLimits(directory: string, limits: LayerLimits = {}): EffectiveLimits {
  const {maxExpansion = 250, expansionFloorBytes = 4 * 1024 ** 3} = limits
  const {bavail, bsize} = statfsSync(directory)
  const isFreeSpace = limits.maxBytes === undefined
  return {maxBytes: limits.maxBytes ?? bavail * bsize, isFreeSpace, maxExpansion, expansionFloorBytes}
}

async function* measured(
  source: Readable,
  measure: Measure,
  onRead: ((bytes: number) => void) | undefined,
): AsyncIterable<Buffer> {
  const chunks = source instanceof DirectReadable ? source.direct() : source
  for await (const chunk of chunks as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    measure.add(bytes)
    onRead?.(bytes.length)
    yield bytes
  }
}

function tooLarge(what: string, {maxBytes, isFreeSpace}: EffectiveLimits): EngineError {
  if (isFreeSpace) return new EngineError('ERR_NO_SPACE', `${what} larger than the ${maxBytes} bytes that are free`)
  return new EngineError('ERR_ARCHIVE_INVALID', `${what} larger than ${maxBytes} bytes`)
}

function checkSize(sizeBytes: number, compressedBytes: number, limits: EffectiveLimits): void {
  if (sizeBytes > limits.maxBytes) throw tooLarge('layer is', limits)
  if (sizeBytes > limits.expansionFloorBytes && sizeBytes > limits.maxExpansion * compressedBytes)
    throw new EngineError('ERR_ARCHIVE_INVALID', `layer expands more than ${limits.maxExpansion} times`)
}

/** Places what the reader tells, and writes down how the tar is made again from it. */
class PlacingSink implements TarSink {
  readonly #placer: LayerPlacer
  readonly #record: TarRecordWriter
  readonly #limits: EffectiveLimits
  #file: OpenFile | undefined
  #fileBytes = 0

  constructor(placer: LayerPlacer, record: TarRecordWriter, limits: EffectiveLimits) {
    this.#placer = placer
    this.#record = record
    this.#limits = limits
  }

  structure(bytes: Buffer): void {
    this.#record.structure(bytes)
  }

  entry(entry: TarEntry): void {
    this.#fileBytes += entry.size
    if (this.#fileBytes > this.#limits.maxBytes) throw tooLarge('files of the layer are', this.#limits)
    this.#file = this.#placer.place(entry)
    if (this.#file) this.#record.file(this.#file.path)
  }

  content(bytes: Buffer, position: number): void {
    if (!this.#file) {
      this.#record.structure(bytes)
      return
    }
    this.#file.write(bytes, position)
    this.#record.content(position, bytes.length)
  }

  entryEnd(): void {
    this.#file?.close()
    this.#file = undefined
  }
}
