import {EngineError} from '../../errors/index.ts'
import type {PodConfig} from '../define/pod.ts'
import type {Engine} from '../engine.ts'
import {createPod, type PodPlan} from './create-pod.ts'
import {Pod} from './pod.ts'

/** The pods of an engine. */
export class PodCollection {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** By name, full id or unambiguous id prefix. @throws ERR_NO_SUCH_POD, ERR_REFUSED when ambiguous */
  lookup(nameOrID: string): Pod {
    const found = this.find(nameOrID)
    if (!found) throw new EngineError('ERR_NO_SUCH_POD', `no pod with name or ID ${nameOrID} found`)
    return found
  }

  /** @throws ERR_NAME_EMPTY, ERR_REFUSED when ambiguous */
  find(nameOrID: string): Pod | undefined {
    if (nameOrID === '') throw new EngineError('ERR_NAME_EMPTY')
    const all = this.#engine.pods.list()
    const exact = all.filter(({name, id}) => name === nameOrID || id === nameOrID)
    const matches = exact.length > 0 ? exact : all.filter(({id}) => id.startsWith(nameOrID))
    if (matches.length > 1) throw new EngineError('ERR_REFUSED', `more than one result for pod name or ID ${nameOrID}`)
    return matches[0] && new Pod(this.#engine, matches[0])
  }

  /** In order of creation. */
  list(): readonly Pod[] {
    return this.#engine.pods.list().map((config) => new Pod(this.#engine, config))
  }

  /** The one created last. @throws ERR_NO_SUCH_POD */
  latest(): Pod {
    const last = this.list().at(-1)
    if (!last) throw new EngineError('ERR_NO_SUCH_POD', 'no pods')
    return last
  }

  /** Records the pod with its infra container. @throws ERR_POD_EXISTS and what creating a container throws; all or nothing */
  async create(config: PodConfig, plan: PodPlan): Promise<Pod> {
    await createPod(this.#engine, config, plan)
    return this.lookup(config.id)
  }
}
