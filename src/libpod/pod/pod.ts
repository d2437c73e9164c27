import {EngineError, hasCode} from '../../errors/index.ts'
import {removeContainer} from '../container/remove.ts'
import type {StartPace} from '../container/start-pace.ts'
import {Container} from '../container.ts'
import type {PodConfig, PodMember, PodStatus} from '../define/pod.ts'
import type {Engine} from '../engine.ts'
import {inOrder} from './in-order.ts'
import {runInitContainers} from './init-containers.ts'
import {removePodCgroup} from './pod-cgroup.ts'
import {podMembers} from './pod-members.ts'
import {podStatus} from './pod-status.ts'
import {startMember} from './start-member.ts'
import {startOrder} from './start-order.ts'

export interface PodStopOptions {
  /** Seconds before SIGKILL; default each container's own. */
  readonly timeoutSeconds?: number
  readonly onWarning?: (text: string) => void
}

type PodVerb = 'kill' | 'pause' | 'start' | 'stop' | 'unpause'

/** What failed, by container. */
export type PodFailures = ReadonlyMap<string, unknown>

/**
 * One pod and its verbs. Each takes the pod's lock and acts on its containers, those that others need first (last when it
 * ends them), starting several at a time; a failure does not keep the others from it.
 */
export class Pod {
  readonly config: PodConfig
  readonly #engine: Engine

  constructor(engine: Engine, config: PodConfig) {
    this.#engine = engine
    this.config = config
  }

  get id(): string {
    return this.config.id
  }

  get name(): string {
    return this.config.name
  }

  /** In order of creation, the infra container first. */
  members(): readonly PodMember[] {
    return podMembers(this.#engine.state, this.id)
  }

  status(): PodStatus {
    return podStatus(this.members())
  }

  /** Init containers first: one that fails keeps the others from starting. @throws ERR_POD_INIT; ERR_NO_SUCH_CTR when it has none */
  async start(): Promise<PodFailures> {
    using _lock = await this.#engine.pods.lock(this.id)
    const members = this.members()
    if (members.length === 0)
      throw new EngineError('ERR_NO_SUCH_CTR', `no containers in pod ${this.id} have no dependencies, cannot start pod`)
    await runInitContainers(this.#engine, members)
    return this.#each(
      'start',
      ({initContainer}) => !initContainer,
      ({id}, pace) => startMember(this.#engine, id, pace),
    )
  }

  stop(options: PodStopOptions = {}): Promise<PodFailures> {
    const runs = ({status}: PodMember) => status === 'running' || status === 'stopping'
    return this.#eachLocked('stop', runs, async (container) => {
      await container.stop(options)
      await container.cleanup({ifStopped: true})
    })
  }

  async restart(options: PodStopOptions = {}): Promise<PodFailures> {
    return new Map([...(await this.stop(options)), ...(await this.start())])
  }

  kill(signal: number): Promise<PodFailures> {
    return this.#eachLocked(
      'kill',
      ({status}) => status === 'running',
      (container) => container.kill(signal),
    )
  }

  pause(): Promise<PodFailures> {
    return this.#eachLocked(
      'pause',
      ({status}) => status === 'running',
      (container) => container.pause(),
    )
  }

  unpause(): Promise<PodFailures> {
    return this.#eachLocked(
      'unpause',
      ({status}) => status === 'paused',
      (container) => container.unpause(),
    )
  }

  /**
   * Removes the pod with its containers. Its infra container may run: it has no work of its own to lose.
   * @throws ERR_POD_HAS_CONTAINERS when some are there and not `force`; ERR_CTR_STATE_INVALID when some run
   */
  async remove(options: {readonly force?: boolean; readonly timeoutSeconds?: number} = {}): Promise<void> {
    using _lock = await this.#engine.pods.lock(this.id)
    const members = this.members()
    const running = members.filter(({status, isInfra}) => !isInfra && (status === 'running' || status === 'paused'))
    if (!options.force && running.length > 0) throw this.#stillRuns(running)
    for (const {id} of startOrder(this.#engine.state, members).reverse())
      await ignoreGone(removeContainer(this.#engine, id, {...options, force: true, infra: true, volumes: true}))
    // While the record is there, the next removal finds what this one was killed in the middle of.
    if (this.config.cgroupPath !== '') await removePodCgroup(this.config.cgroupPath)
    await this.#engine.state.releaseName(this.name, this.id)
    await this.#engine.pods.remove(this.id)
    this.#engine.pods.forgetLock(this.id)
    this.#engine.events.write({Type: 'pod', Status: 'remove', ID: this.id, Name: this.name})
  }

  async #eachLocked(
    verb: PodVerb,
    concerns: (member: PodMember) => boolean,
    act: (container: Container) => Promise<void>,
  ): Promise<PodFailures> {
    using _lock = await this.#engine.pods.lock(this.id)
    return this.#each(verb, concerns, act)
  }

  /** The caller holds the pod's lock. */
  async #each(
    verb: PodVerb,
    concerns: (member: PodMember) => boolean,
    act: (container: Container, pace: StartPace) => Promise<void>,
  ): Promise<PodFailures> {
    const order = startOrder(this.#engine.state, this.members())
    const failures = new Map<string, unknown>()
    const actOn = ({id}: PodMember, pace: StartPace = {}): Promise<void> =>
      act(new Container(this.#engine, id), pace).catch((error: unknown) => {
        if (!hasCode(error, 'ERR_NO_SUCH_CTR')) failures.set(id, error)
      })
    if (verb === 'start') await inOrder(this.#engine.state, order.filter(concerns), actOn)
    else for (const member of (verb === 'stop' ? order.reverse() : order).filter(concerns)) await actOn(member)
    this.#engine.events.write({Type: 'pod', Status: verb, ID: this.id, Name: this.name})
    return failures
  }

  #stillRuns(running: readonly PodMember[]): EngineError {
    const ids = running.map(({id}) => id).join(', ')
    return new EngineError(
      'ERR_CTR_STATE_INVALID',
      `not all containers could be removed from pod ${this.id}: removing pod containers: cannot remove container ${ids} as it is running - running or paused containers cannot be removed without force`,
    )
  }
}

async function ignoreGone(removal: Promise<void>): Promise<void> {
  try {
    await removal
  } catch (error) {
    if (!hasCode(error, 'ERR_NO_SUCH_CTR')) throw error
  }
}
