import type {BlobReport, CopyReport} from '../../image/index.ts'
import {barLine, type CopyState} from './bar-line.ts'

/** What the bars are drawn on. */
export interface Screen {
  write(text: string): void
  size(): {readonly rows: number; readonly columns: number}
}

const REDRAW_MS = 100
const UP = (lines: number) => (lines > 0 ? `\x1b[${lines}A\r` : '\r')
const CLEAR_LINE = '\x1b[K'

/**
 * A line for each blob that is copied, redrawn in place ten times a second, with sentences scrolling away above them.
 * Finished lines above the first unfinished one scroll away as well: what is redrawn never grows beyond the screen.
 */
export class ProgressBars implements CopyReport {
  readonly #screen: Screen
  #copies: CopyState[] = []
  #drawn = 0
  #timer: NodeJS.Timeout | undefined

  constructor(screen: Screen) {
    this.#screen = screen
  }

  line(text: string): void {
    this.#redraw([text])
  }

  copying(kind: 'blob' | 'config', digest: string, totalBytes: number | undefined): BlobReport {
    const copy: CopyState = {kind, digest, totalBytes, bytes: 0, startedMs: undefined, end: undefined}
    this.#copies.push(copy)
    this.#timer ??= setInterval(() => this.#redraw(), REDRAW_MS).unref()
    const finish = (end: NonNullable<CopyState['end']>) => {
      copy.end ??= end
      if (this.#copies.every((other) => other.end !== undefined)) this.#redraw()
    }
    return {
      advance: (bytes) => {
        copy.startedMs ??= performance.now()
        copy.bytes += bytes
      },
      skip: () => finish('skipped'),
      done: () => finish('done'),
    }
  }

  /** Nothing is drawn afterwards; unfinished lines stay as they are. */
  stop(): void {
    if (this.#timer) this.#redraw()
    this.#copies = []
    this.#drawn = 0
    this.#rest()
  }

  #redraw(sentences: readonly string[] = []): void {
    const {rows, columns} = this.#screen.size()
    const now = performance.now()
    const lineOf = (copy: CopyState) => barLine(copy, now, columns)
    const unfinished = this.#copies.findIndex(({end}) => end === undefined)
    const finished = this.#copies.splice(0, unfinished < 0 ? this.#copies.length : unfinished)
    const live = this.#copies.slice(0, Math.max(1, rows - 1))
    const lines = [...finished.map(lineOf), ...sentences, ...live.map(lineOf)]
    const surplus = Math.max(0, this.#drawn - lines.length)
    const erased = `${CLEAR_LINE}\n`.repeat(surplus) + (surplus > 0 ? UP(surplus) : '')
    this.#screen.write(UP(this.#drawn) + lines.map((line) => `${line}${CLEAR_LINE}\n`).join('') + erased)
    this.#drawn = live.length
    if (this.#copies.length === 0) this.#rest()
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
