import type {CheckpointReport} from '../libpod/define/verb-options.ts'

/** What `--print-stats` prints, as podman does; times in microseconds. */
export class CriuStatisticsPage {
  readonly #verb: 'checkpoint' | 'restore'
  readonly #begun = performance.now()
  readonly #containers: object[] = []

  constructor(verb: 'checkpoint' | 'restore') {
    this.#verb = verb
  }

  add(id: string, {runtimeMicroseconds, criu}: CheckpointReport): void {
    const duration = {[`runtime_${this.#verb}_duration`]: runtimeMicroseconds}
    this.#containers.push({Id: id, ...duration, criu_statistics: criu ?? null})
  }

  text(): string {
    const duration = Math.round((performance.now() - this.#begun) * 1000)
    const page = {[`podman_${this.#verb}_duration`]: duration, container_statistics: this.#containers}
    return JSON.stringify(page, undefined, 4)
  }
}
