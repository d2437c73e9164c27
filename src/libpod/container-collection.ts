import {hasCode} from '../errors/index.ts'
import {observe} from './container/observe.ts'
import {publishedPorts} from './container/published-ports.ts'
import {Container} from './container.ts'
import type {ContainerSummary, PortMapping} from './define/container-config.ts'
import type {ContainerListing} from './define/container-listing.ts'
import {type ContainerRun, neverRun} from './define/container-run.ts'
import type {ContainerState} from './define/container-state.ts'
import type {PruneOptions, PruneReport} from './define/verb-options.ts'
import type {Engine} from './engine.ts'
import {noSuchContainer} from './state/state-database.ts'

/** The containers of an engine: lookups and listings. */
export class ContainerCollection {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** By full id. @throws ERR_NO_SUCH_CTR */
  get(id: string): Container {
    if (!this.#engine.state.exists(id)) throw noSuchContainer(id)
    return new Container(this.#engine, id)
  }

  /** By name, full id or unambiguous id prefix. @throws ERR_NO_SUCH_CTR, ERR_CTR_AMBIGUOUS, ERR_NAME_EMPTY */
  lookup(nameOrID: string): Container {
    const found = this.find(nameOrID)
    if (!found) throw noSuchContainer(nameOrID)
    return found
  }

  /** @throws ERR_CTR_AMBIGUOUS, ERR_NAME_EMPTY */
  find(nameOrID: string): Container | undefined {
    const id = this.#engine.state.resolve(nameOrID)
    return id === undefined ? undefined : new Container(this.#engine, id)
  }

  exists(nameOrID: string): boolean {
    return this.#engine.state.resolve(nameOrID) !== undefined
  }

  /** In order of creation. */
  list(): Container[] {
    return this.summaries().map(({id}) => new Container(this.#engine, id))
  }

  /**
   * Small documents only, in order of creation. States are looked at, not only read: who ended is shown as ended.
   * @param wanted only those in such a state; of the others no more than the state is read, or nothing where they never ran
   */
  async listings(wanted: (state: ContainerState) => boolean = () => true): Promise<ContainerListing[]> {
    const {state} = this.#engine
    const withRun = state.idsWithRun()
    const ids = wanted(neverRun.state) ? state.ids() : [...withRun]
    const listings = ids.flatMap((id) => {
      const run = withRun.has(id) ? observe(state.layout, id, state.run(id)) : neverRun
      return wanted(run.state) ? this.#listing(id, run) : []
    })
    return listings.sort((a, b) => compareText(a.summary.createdAt, b.summary.createdAt))
  }

  /** The one created last. @throws ERR_NO_SUCH_CTR */
  latest(): Container {
    const last = this.summaries().at(-1)
    if (!last) throw noSuchContainer('latest')
    return new Container(this.#engine, last.id)
  }

  /** Of the network namespace that it is in. */
  publishedPorts(id: string): readonly PortMapping[] {
    const summary = this.#summary(id)
    return summary ? publishedPorts(summary, (other) => this.#summary(other)) : []
  }

  /** IDs of the containers that depend on this one. */
  dependents(id: string): string[] {
    return this.#engine.state.dependents(id)
  }

  /** Removes those that do not run and that `keep` does not hold back. */
  async prune(options: PruneOptions = {}): Promise<PruneReport> {
    const {pruneContainers} = await import('./container/prune.ts')
    return pruneContainers(this.#engine, await this.listings(), options)
  }

  /** In order of creation. */
  summaries(): ContainerSummary[] {
    const summaries = this.#engine.state.ids().flatMap((id) => this.#summary(id) ?? [])
    return summaries.sort((a, b) => compareText(a.createdAt, b.createdAt))
  }

  #listing(id: string, {state, restartCount, stoppedByUser, health}: ContainerRun): ContainerListing[] {
    const summary = this.#summary(id)
    if (!summary) return []
    const ports = publishedPorts(summary, (other) => this.#summary(other))
    return [{summary, state, ports, restartCount, stoppedByUser, ...(health && {health})}]
  }

  /** One that goes while we list is not listed. */
  #summary(id: string): ContainerSummary | undefined {
    try {
      return this.#engine.state.summary(id)
    } catch (error) {
      if (hasCode(error, 'ERR_NO_SUCH_CTR')) return undefined
      throw error
    }
  }
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}
