import type {LogLine} from '../../libpod/define/verb-options.ts'
import {writeErr, writeOut} from '../output.ts'

const FULL = 64 * 1024
const COLORS = [37, 31, 32, 33, 34, 35, 36]

export interface LogPrinterOptions {
  readonly timestamps: boolean
  /** Put before each line: the container's name or short id. */
  readonly prefix?: string
  /** Which of the colours the prefix gets; none when absent. */
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
    this.#add(Buffer.from(this.#head(line)))
    this.#add(line.text)
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
    const {prefix, timestamps, color} = this.#options
    const text = color === undefined ? prefix : `\u001b[${COLORS[color % COLORS.length]}m${prefix}\u001b[0m`
    return `${prefix === undefined ? '' : `${text} `}${timestamps ? `${line.time} ` : ''}`
  }
}
