export interface Phase {
  readonly name: string
  /** Milliseconds since the process started. */
  readonly startMs: number
  readonly endMs: number
}

/** When each step of a command began and ended; steps may overlap. */
export class Timings {
  readonly #phases: Phase[] = []

  async measure<T>(name: string, work: () => Promise<T> | T): Promise<T> {
    const startMs = performance.now()
    try {
      return await work()
    } finally {
      this.#phases.push({name, startMs, endMs: performance.now()})
    }
  }

  /** In order of their start. */
  get phases(): readonly Phase[] {
    return this.#phases.toSorted((a, b) => a.startMs - b.startMs)
  }
}
