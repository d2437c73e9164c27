import type {ByteString} from '../../src/host/index.ts'
import {buildEntry, isHeaderOnly} from './build-entry.ts'
import {decodePax, type PaxRecords} from './pax.ts'
import {SparseMap, SparseMapText} from './sparse.ts'
import type {Segment, TarEntry} from './tar-entry.ts'
import {BLOCK, decodeHeader, invalid, padded, type TarHeader, text} from './tar-header.ts'

/** Extension headers are held in memory; none that is honest is longer. */
const MAX_EXTENSION_BYTES = 1024 * 1024

/** What a reader tells, in the order of the archive. */
export interface TarSink {
  /** Bytes that belong to no file: headers, padding, the end. The buffer is the sink's only during the call. */
  structure(bytes: Buffer): void
  entry(entry: TarEntry): void
  /** Bytes of the file at `position`; the buffer is the sink's only during the call. */
  content(bytes: Buffer, position: number): void
  entryEnd(): void
}

/** What came before the header that an entry begins with. */
interface Extensions {
  readonly pax?: PaxRecords
  readonly longName?: ByteString
  readonly longLink?: ByteString
}

/**
 * Reads a tar archive that is pushed in pieces of any size. Own code and not tar-stream, which loses what a layer must
 * keep: bytes of names and attributes that are no UTF-8, sparse files, and the headers as they stand.
 */
export class TarReader {
  readonly #sink: TarSink
  /** Called with the next `#wanted` bytes once they are there. */
  #onBlock: (block: Buffer) => void = (block) => this.#header(block)
  #wanted = BLOCK
  #partial: Buffer | undefined
  #have = 0
  #extensions: Extensions = {}
  #zeroBlocks = 0
  #segments: readonly Segment[] = []
  #segment = 0
  /** Bytes of the current segment that were passed on. */
  #passed = 0
  #padding = 0
  #isAtHeader = true
  #isAtEnd = false

  constructor(sink: TarSink) {
    this.#sink = sink
  }

  /** @throws ERR_ARCHIVE_INVALID, and whatever the sink throws */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      if (this.#isAtEnd) {
        this.#sink.structure(chunk.subarray(at))
        return
      }
      if (this.#segment < this.#segments.length) at += this.#passContent(chunk, at)
      else at += this.#collect(chunk, at)
    }
  }

  /** Nothing more comes. @throws ERR_ARCHIVE_INVALID when the archive is not at its end */
  end(): void {
    const isBetweenEntries = this.#isAtHeader && this.#have === 0
    if (this.#isAtEnd || (isBetweenEntries && Object.keys(this.#extensions).length === 0)) return
    throw invalid('unexpected EOF')
  }

  #passContent(chunk: Buffer, at: number): number {
    const segment = this.#segments[this.#segment]
    if (!segment) return 0
    const length = Math.min(segment.length - this.#passed, chunk.length - at)
    this.#sink.content(chunk.subarray(at, at + length), segment.offset + this.#passed)
    this.#passed += length
    if (this.#passed === segment.length) {
      this.#segment++
      this.#passed = 0
    }
    if (this.#segment === this.#segments.length) this.#endContent()
    return length
  }

  #collect(chunk: Buffer, at: number): number {
    const length = Math.min(this.#wanted - this.#have, chunk.length - at)
    if (length === this.#wanted) {
      this.#onBlock(chunk.subarray(at, at + length))
      return length
    }
    this.#partial ??= Buffer.allocUnsafe(this.#wanted)
    chunk.copy(this.#partial, this.#have, at, at + length)
    this.#have += length
    if (this.#have === this.#wanted) {
      const block = this.#partial
      this.#partial = undefined
      this.#have = 0
      this.#onBlock(block)
    }
    return length
  }

  #expect(bytes: number, onBlock: (block: Buffer) => void): void {
    this.#isAtHeader = false
    this.#wanted = bytes
    this.#onBlock = onBlock
  }

  #expectHeader(): void {
    this.#expect(BLOCK, (block) => this.#header(block))
    this.#isAtHeader = true
  }

  #header(block: Buffer): void {
    this.#sink.structure(block)
    const header = decodeHeader(block)
    if (!header) {
      this.#zeroBlocks++
      this.#isAtEnd = this.#zeroBlocks === 2
      return
    }
    if (this.#zeroBlocks > 0) throw invalid('data after the end')
    if ('xgLK'.includes(header.typeFlag)) this.#expectExtension(header)
    else this.#begin(header, block)
  }

  #expectExtension({typeFlag, size}: TarHeader): void {
    if (size > MAX_EXTENSION_BYTES) throw invalid('extension header is too long')
    const onBytes = (bytes: Buffer) => {
      this.#extend(typeFlag, bytes, size)
      this.#expectHeader()
    }
    if (size === 0) onBytes(Buffer.alloc(0))
    else
      this.#expect(padded(size), (bytes) => {
        this.#sink.structure(bytes)
        onBytes(bytes)
      })
  }

  #extend(typeFlag: string, bytes: Buffer, size: number): void {
    // copied: the records outlive the buffer. Global headers (git archive writes one) say nothing about files.
    if (typeFlag === 'x') this.#extensions = {...this.#extensions, pax: decodePax(Buffer.from(bytes.subarray(0, size)))}
    else if (typeFlag === 'L') this.#extensions = {...this.#extensions, longName: text(bytes, 0, size)}
    else if (typeFlag === 'K') this.#extensions = {...this.#extensions, longLink: text(bytes, 0, size)}
  }

  #begin(header: TarHeader, block: Buffer): void {
    const extensions = this.#extensions
    this.#extensions = {}
    const built = buildEntry(header, extensions)
    if (built.sparseText !== undefined) this.#readSparseText(built.entry, built.archivedBytes, built.sparseText)
    else if (header.typeFlag === 'S') this.#readOldSparse(built.entry, built.archivedBytes, block)
    else {
      const map = extensions.pax && SparseMap.ofPax(extensions.pax)
      if (map) this.#beginSparse(built.entry, built.archivedBytes, map)
      else this.#beginContent(built.entry, built.archivedBytes, [{offset: 0, length: built.archivedBytes}])
    }
  }

  #readOldSparse(entry: TarEntry, archivedBytes: number, block: Buffer): void {
    const {map, isExtended} = SparseMap.ofOldHeader(block)
    if (!isExtended) this.#beginSparse(entry, archivedBytes, map)
    else
      this.#expect(BLOCK, (extension) => {
        this.#sink.structure(extension)
        if (!map.addExtension(extension)) this.#beginSparse(entry, archivedBytes, map)
      })
  }

  #readSparseText(entry: TarEntry, archivedBytes: number, realSize: number): void {
    const reading = new SparseMapText(realSize)
    let left = archivedBytes
    const expectBlock = () => {
      if (left < BLOCK) throw invalid('sparse map is not valid')
      left -= BLOCK
      this.#expect(BLOCK, (block) => {
        this.#sink.structure(block)
        const map = reading.add(block)
        if (map) this.#beginSparse(entry, left, map)
        else expectBlock()
      })
    }
    expectBlock()
  }

  #beginSparse(entry: TarEntry, archivedBytes: number, map: SparseMap): void {
    const segments = map.segments(archivedBytes)
    this.#beginContent({...entry, size: map.realSize, segments}, archivedBytes, segments)
  }

  #beginContent(entry: TarEntry, archivedBytes: number, segments: readonly Segment[]): void {
    this.#sink.entry(entry)
    this.#isAtHeader = false
    this.#padding = padded(archivedBytes) - archivedBytes
    this.#segments = isHeaderOnly(entry.type) || archivedBytes === 0 ? [] : segments
    this.#segment = 0
    if (this.#segments.length === 0) this.#endContent()
  }

  #endContent(): void {
    this.#segments = []
    this.#segment = 0
    this.#sink.entryEnd()
    if (this.#padding === 0) this.#expectHeader()
    else
      this.#expect(this.#padding, (bytes) => {
        this.#sink.structure(bytes)
        this.#expectHeader()
      })
  }
}
