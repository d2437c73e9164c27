import {type PaxRecords, paxNumber, paxText} from './pax.ts'
import type {Segment} from './tar-entry.ts'
import {BLOCK, invalid, number} from './tar-header.ts'

const MAX_SEGMENTS = 1_000_000
/** Bytes of one offset and length in GNU's old form. */
const PAIR = 24

/**
 * Where the data of a sparse file lies. GNU tar has four forms: in the header and extension blocks (old), in pax records
 * (0.0 and 0.1), and before the data (1.0). @see GNU tar manual, Storing Sparse Files
 */
export class SparseMap {
  readonly #pairs: number[] = []
  readonly realSize: number

  constructor(realSize: number, pairs: readonly number[] = []) {
    this.realSize = realSize
    this.#push(pairs)
  }

  /** The old form's header block; more pairs follow in extension blocks when `isExtended`. */
  static ofOldHeader(block: Buffer): {map: SparseMap; isExtended: boolean} {
    const map = new SparseMap(number(block, 483, 12, 'real size'), pairsOf(block, 386, 4))
    return {map, isExtended: block[482] !== 0}
  }

  /** True when another block follows. */
  addExtension(block: Buffer): boolean {
    this.#push(pairsOf(block, 0, 21))
    return block[504] !== 0
  }

  /** Forms 0.0 and 0.1; undefined for a file that is not sparse or in form 1.0. */
  static ofPax({values, sparsePairs}: PaxRecords): SparseMap | undefined {
    const size = values.get('GNU.sparse.size')
    if (!size) return undefined
    const map = values.get('GNU.sparse.map')
    const pairs = map
      ? paxText(map)
          .split(',')
          .filter(Boolean)
          .map((item) => paxNumber(Buffer.from(item), 'sparse map'))
      : sparsePairs
    return new SparseMap(paxNumber(size, 'real size'), pairs)
  }

  /** The segments, checked: ascending, inside the file, as many bytes as follow in the archive. @throws ERR_ARCHIVE_INVALID */
  segments(archivedBytes: number): readonly Segment[] {
    const segments: Segment[] = []
    let [end, total] = [0, 0]
    for (let at = 0; at < this.#pairs.length; at += 2) {
      const [offset = 0, length = 0] = [this.#pairs[at], this.#pairs[at + 1]]
      if (offset < end || length < 0 || offset + length > this.realSize) throw invalid('sparse map is not valid')
      end = offset + length
      total += length
      if (length > 0) segments.push({offset, length})
    }
    if (this.#pairs.length % 2 !== 0 || total !== archivedBytes) throw invalid('sparse map does not fit the data')
    return segments
  }

  #push(pairs: readonly number[]): void {
    if (this.#pairs.length + pairs.length > 2 * MAX_SEGMENTS) throw invalid('sparse map is too long')
    for (const value of pairs) this.#pairs.push(value)
  }
}

/** Form 1.0: lines of decimal numbers before the data: how many pairs, then the pairs; filled up to a block. */
export class SparseMapText {
  readonly #numbers: number[] = []
  readonly #realSize: number
  #rest = ''

  constructor(realSize: number) {
    this.#realSize = realSize
  }

  /** The map, once the block that completes it was added. */
  add(block: Buffer): SparseMap | undefined {
    this.#rest += block.toString('latin1')
    if (this.#rest.length > 2 * BLOCK) throw invalid('sparse map is not valid')
    for (let end = this.#rest.indexOf('\n'); end >= 0 && !this.#isComplete; end = this.#rest.indexOf('\n')) {
      this.#numbers.push(paxNumber(Buffer.from(this.#rest.slice(0, end), 'latin1'), 'sparse map'))
      this.#rest = this.#rest.slice(end + 1)
    }
    if ((this.#numbers[0] ?? 0) > MAX_SEGMENTS) throw invalid('sparse map is too long')
    return this.#isComplete ? new SparseMap(this.#realSize, this.#numbers.slice(1)) : undefined
  }

  get #isComplete(): boolean {
    return this.#numbers.length > 0 && this.#numbers.length === 1 + 2 * (this.#numbers[0] ?? 0)
  }
}

/** Pairs end at the first empty one. */
function pairsOf(block: Buffer, start: number, count: number): number[] {
  const pairs: number[] = []
  for (let at = start; at < start + count * PAIR; at += PAIR) {
    if (block[at] === 0) break
    pairs.push(number(block, at, 12, 'sparse map'), number(block, at + 12, 12, 'sparse map'))
  }
  return pairs
}
