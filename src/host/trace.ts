/** One step of a command, in milliseconds since the process began. */
export interface Span {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
}

/** Notes how long steps take. Costs nothing to speak of, so it is always on; who wants the spans reads them at the end. */
export class Trace {
  readonly spans: Span[] = []

  async time<T>(name: string, step: () => Promise<T>): Promise<T> {
    const startMs = performance.now()
    try {
      return await step()
    } finally {
      this.spans.push({name, startMs, endMs: performance.now()})
    }
  }

  timeSync<T>(name: string, step: () => T): T {
    const startMs = performance.now()
    try {
      return step()
    } finally {
      this.spans.push({name, startMs, endMs: performance.now()})
    }
  }
}
