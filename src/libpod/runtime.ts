import type {LayerStore} from '../../storage/layer-store.ts'
import type {EngineConfig} from '../config/engine-config.ts'
import type {Container} from './container.ts'
import type {ContainerConfig, ContainerSummary} from './define/container-config.ts'
import type {ContainerListing} from './define/container-listing.ts'
import type {EngineEvent, EventQuery} from './define/event.ts'
import type {ExecSession} from './define/exec-session.ts'
import type {Problem} from './define/problem.ts'
import type {PruneOptions, PruneReport} from './define/verb-options.ts'

/**
 * The engine: containers in a state database, their layers and images, and the programs that run them. Opening reads
 * almost nothing; each part is opened when first used.
 */
export declare class Runtime {
  readonly config: EngineConfig
  readonly layers: LayerStore
  readonly containers: ContainerCollection
  readonly events: Events

  /**
   * Records the container and makes its writable layer: afterwards it is on disk and `configured`.
   * @throws ERR_CTR_NAME_IN_USE; ERR_NO_SUCH_CTR for a dependency; ERR_IMAGE_UNKNOWN, ERR_LAYER_UNKNOWN
   */
  createContainer(config: ContainerConfig): Promise<Container>
  /** A free two-word name. `createContainer` still is the one that decides. */
  generateName(): string
  /** The session and its container, found by session id or unambiguous prefix. @throws ERR_NO_SUCH_EXEC */
  lookupExec(sessionID: string): Promise<{readonly container: Container; readonly session: ExecSession}>
  /** Checks every record against what is really there. */
  check(options?: {readonly repair?: boolean}): Promise<readonly Problem[]>
  close(): void
}

export interface ContainerCollection {
  /** By full id. @throws ERR_NO_SUCH_CTR */
  get(id: string): Container
  /** By name, full id or unambiguous id prefix. @throws ERR_NO_SUCH_CTR, ERR_CTR_AMBIGUOUS */
  lookup(nameOrID: string): Container
  find(nameOrID: string): Container | undefined
  exists(nameOrID: string): boolean
  /** In order of creation. */
  list(): Container[]
  /** Small documents only, in order of creation. `sync` looks at what really is for those recorded as live. */
  listings(options?: {readonly sync?: boolean}): Promise<ContainerListing[]>
  /** The one created last. @throws ERR_NO_SUCH_CTR */
  latest(): Container
  /** IDs of the containers that depend on this one. */
  dependents(id: string): string[]
  /** Removes those that are not running and that `keep` does not hold back. */
  prune(options?: PruneOptions): Promise<PruneReport>
  /** For `ps --external`-like questions and images in use. */
  summaries(): ContainerSummary[]
}

export interface Events {
  write(event: Omit<EngineEvent, 'Time'>): void
  /** In the order they happened. */
  read(query?: EventQuery): AsyncIterable<EngineEvent>
}

/** Opens the engine on the directories that `config` names; makes them when missing, refreshes states after a reboot. */
export declare function openRuntime(config: EngineConfig): Promise<Runtime>
