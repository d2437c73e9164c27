/** Runs at most `count` actions at a time, in the order they were given. */
export class Slots {
  readonly #waiting: (() => void)[] = []
  readonly #running = new Set<Promise<unknown>>()
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.#enter().then(action)
    const settled = result
      .catch(() => undefined)
      .then(() => {
        this.#running.delete(settled)
        this.#leave()
      })
    this.#running.add(settled)
    return result
  }

  /** Resolves when nothing runs or waits any more; failures are told by `run`. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free++
  }
}
