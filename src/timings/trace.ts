/** One step, in microseconds of the kernel's monotonic clock, which all processes of a host share. */
export interface Span {
  readonly name: string
  readonly startUs: number
  readonly endUs: number
  /** Whose step it is when not this process's: of a guest, which cannot write the file itself. */
  readonly program?: string
  readonly pid?: number
}

/** Notes how long steps take. Costs nothing to speak of, so it is always on; who wants the spans reads them at the end. */
export class Trace {
  readonly #spans: Span[] = []

  /** In the order in which they ended. */
  get spans(): readonly Span[] {
    return this.#spans
  }

  async time<T>(name: string, step: () => Promise<T> | T): Promise<T> {
    const startUs = nowUs()
    try {
      return await step()
    } finally {
      this.add(name, startUs)
    }
  }

  timeSync<T>(name: string, step: () => T): T {
    const startUs = nowUs()
    try {
      return step()
    } finally {
      this.add(name, startUs)
    }
  }

  /** A step that the caller has timed; by default it ends now. A moment starts and ends at the same time. */
  add(name: string, startUs: number, endUs: number = nowUs()): void {
    this.addSpan({name, startUs, endUs})
  }

  addSpan(span: Span): void {
    this.#spans.push(span)
  }
}

export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000_000 + Math.floor(nanoseconds / 1000)
}

/** When this process began, as far as Node can tell: its first line of code, after the kernel has loaded the program. */
export function processStartUs(): number {
  return nowUs() - Math.round(performance.now() * 1000)
}
