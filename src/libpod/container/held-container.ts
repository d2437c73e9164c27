import {EngineError} from '../../errors/index.ts'
import type {OciRuntime} from '../../oci/runtime/index.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {ContainerRun} from '../define/container-run.ts'
import type {ContainerState, ContainerStatus} from '../define/container-state.ts'
import type {Engine} from '../engine.ts'

/** A container whose lock is held and whose recorded state is true: what verbs act on. */
export class HeldContainer {
  readonly engine: Engine
  readonly id: string
  #run: ContainerRun
  #config: ContainerConfig | undefined

  constructor(engine: Engine, id: string, run: ContainerRun) {
    this.engine = engine
    this.id = id
    this.#run = run
  }

  get config(): ContainerConfig {
    this.#config ??= this.engine.state.config(this.id)
    return this.#config
  }

  get name(): string {
    return this.config.name
  }

  get run(): ContainerRun {
    return this.#run
  }

  get state(): ContainerState {
    return this.#run.state
  }

  get status(): ContainerStatus {
    return this.#run.state.status
  }

  get ociRuntime(): OciRuntime {
    return this.engine.ociRuntime(this.config.runtime)
  }

  get bundle(): string {
    return this.engine.state.layout.bundle(this.id)
  }

  /** Records what has become true. */
  save(change: Partial<Omit<ContainerRun, 'version'>>): void {
    const previous = this.#run
    this.#run = {...previous, ...change}
    this.engine.state.saveRun(this.id, this.#run, previous)
  }

  /** The state, when it is one of these. @throws ERR_CTR_STATE_INVALID with `refusal` */
  require<S extends ContainerStatus>(statuses: readonly S[], refusal: string): Extract<ContainerState, {status: S}> {
    if (isOneOf(this.state, statuses)) return this.state
    throw new EngineError('ERR_CTR_STATE_INVALID', refusal)
  }

  is(...statuses: readonly ContainerStatus[]): boolean {
    return statuses.includes(this.status)
  }
}

export type LiveStatus = 'created' | 'running' | 'paused' | 'stopping'
export const liveStatuses: readonly LiveStatus[] = ['created', 'running', 'paused', 'stopping']

export function isOneOf<S extends ContainerStatus>(
  state: ContainerState,
  statuses: readonly S[],
): state is Extract<ContainerState, {status: S}> {
  return (statuses as readonly ContainerStatus[]).includes(state.status)
}

/** The status as podman names it to users. */
export function statusName(state: ContainerState): string {
  if (state.status === 'configured') return 'created'
  return state.status === 'created' ? 'initialized' : state.status
}
