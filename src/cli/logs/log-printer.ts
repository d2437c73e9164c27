import type {LogLine} from '../../libpod/define/verb-options.ts'
import {writeErr, writeOut} from '../output.ts'

const FULL = 64 * 1024
const COLORS = [37, 31, 33, 34, 35, 36, 32]

export interface LogPrinterOptions {
  readonly timestamps: boolean
  /** Put before each line: the container's name or short id. */
  readonly prefix?: string
  /** Which of the colours its lines get; none when absent. */
  readonly color?: number
}

/** Prints log lines, each to the stream it came from, in the order written. Lines of one stream go out together. */
export class LogPrinter implements Disposable {
  readonly #options: LogPrinterOptions
  #stream: LogLine['stream'] = 'stdout'
  #pending: Buffer[] = []
  #bytes = 0
  #timer: NodeJS.Immediate | undefined

  constructor(options: LogPrinterOptions) {
    this.#options = options
  }

  print(line: LogLine): void {
    if (line.stream !== this.#stream) this.flush()
    this.#stream = line.stream
    for (const piece of this.#colored([Buffer.from(this.#head(line)), line.text])) this.#add(piece)
    if (this.#bytes > FULL) this.flush()
    else this.#timer ??= setImmediate(() => this.flush())
  }

  flush(): void {
    clearImmediate(this.#timer)
    this.#timer = undefined
    const chunk = Buffer.concat(this.#pending)
    this.#pending = []
    this.#bytes = 0
    if (this.#stream === 'stdout') writeOut(chunk)
    else writeErr(chunk)
  }

  [Symbol.dispose](): void {
    this.flush()
  }

  #add(bytes: Buffer): void {
    this.#pending.push(bytes)
    this.#bytes += bytes.length
  }

  #head(line: LogLine): string {
    const {prefix, timestamps} = this.#options
    return `${prefix === undefined ? '' : `${prefix} `}${timestamps ? `${line.time.replace('+00:00', 'Z')} ` : ''}`
  }

  /** The line's end stays outside of the colour. */
  #colored(pieces: readonly Buffer[]): readonly Buffer[] {
    const {color} = this.#options
    if (color === undefined) return pieces
    const line = Buffer.concat(pieces)
    const end = line.at(-1) === 0x0a ? line.length - 1 : line.length
    const start = Buffer.from(`\u001b[${COLORS[color % COLORS.length]}m`)
    return [start, line.subarray(0, end), Buffer.from('\u001b[0m'), line.subarray(end)]
  }
}
