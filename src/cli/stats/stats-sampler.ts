import {EngineError, hasCode} from '../../errors/index.ts'
import type {Container} from '../../libpod/container.ts'
import type {ContainerStats} from '../../libpod/define/verb-options.ts'
import type {Runtime} from '../../libpod/runtime.ts'

export type StatsChoice =
  | {readonly names: readonly string[]; readonly all: boolean; readonly latest: boolean}
  /** Asked before each sample. */
  | {ids(): Iterable<string>}

/** Samples containers again and again; percentages are of the time since the sample before. */
export class StatsSampler {
  readonly #runtime: Runtime
  readonly #choice: StatsChoice
  #previous = new Map<string, ContainerStats>()

  constructor(runtime: Runtime, choice: StatsChoice) {
    this.#runtime = runtime
    this.#choice = choice
  }

  /** Without names: the containers that run now, or all. Ones that went away meanwhile are left out. */
  async sample(): Promise<ContainerStats[]> {
    const containers = await this.#containers()
    const samples = await Promise.all(containers.map((container) => this.#sampleOne(container)))
    const found = samples.filter((sample) => sample !== undefined)
    this.#previous = new Map(found.map((sample) => [sample.id, sample]))
    return found
  }

  async #containers(): Promise<Container[]> {
    const {containers} = this.#runtime
    if ('ids' in this.#choice) return [...this.#choice.ids()].map((id) => containers.get(id))
    const {names, all, latest} = this.#choice
    if (latest) return [containers.latest()]
    if (names.length > 0) return names.map((name) => this.#lookUp(name))
    if (all) return containers.list()
    const listings = await containers.listings()
    return listings.filter(({state}) => state.status === 'running').map(({summary}) => containers.get(summary.id))
  }

  #lookUp(name: string): Container {
    try {
      return this.#runtime.containers.lookup(name)
    } catch (cause) {
      if (!(cause instanceof EngineError)) throw cause
      const text = `unable to get list of containers: unable to look up container ${name}: ${cause.message}`
      throw new EngineError('ERR_REFUSED', text, {cause})
    }
  }

  async #sampleOne(container: Container): Promise<ContainerStats | undefined> {
    try {
      return await container.stats(this.#previous.get(container.id))
    } catch (error) {
      if (hasCode(error, 'ERR_NO_SUCH_CTR')) return undefined
      if (hasCode(error, 'ERR_CTR_STATE_INVALID')) return idle(container)
      throw error
    }
  }
}

/** What is shown of a container that does not run. */
function idle({id, name}: Container): ContainerStats {
  return {
    ...{id, name, networks: {}, perCpuNano: []},
    ...{cpuNano: 0, cpuSystemNano: 0, cpuPercent: 0, averageCpuPercent: 0, systemNano: 0, pids: 0},
    ...{memoryUsageBytes: 0, memoryLimitBytes: 0, memoryPercent: 0, blockInputBytes: 0, blockOutputBytes: 0},
    ...{upTimeNano: 0, durationNano: 0},
  }
}
