import type {LockFile} from '../../host/index.ts'
import type {ContainerConfig, ContainerSummary} from '../define/container-config.ts'
import type {ContainerRun} from '../define/container-run.ts'
import type {Layout} from './layout.ts'

/**
 * The engine's records of containers. Safe under concurrent processes: changes to one container are made under its
 * lock, changes to names and dependencies under the registry's own, which the methods take themselves.
 * What a method has returned from is on disk; a process killed inside one leaves what `sweep` removes.
 */
export interface State {
  readonly layout: Layout

  /** Waits for the container's lock. The order is: pod, container, its dependencies, registry. */
  lock(id: string): Promise<LockFile>
  tryLock(id: string): LockFile | undefined

  /**
   * Brings a container in: claims the name, runs `prepare` (its storage), writes the documents, makes them visible. All
   * or nothing, also under kill -9.
   * @throws ERR_CTR_NAME_IN_USE; ERR_NO_SUCH_CTR for a dependency that is not there; what `prepare` throws
   */
  add(config: ContainerConfig, prepare: () => Promise<void>): Promise<void>
  /** @throws ERR_NO_SUCH_CTR */
  config(id: string): ContainerConfig
  /** @throws ERR_NO_SUCH_CTR */
  summary(id: string): ContainerSummary
  /** Replaces the documents, for `update`. The caller holds the container's lock. */
  replace(config: ContainerConfig): void
  /** Gives the container another name. The caller holds its lock. @throws ERR_CTR_NAME_IN_USE */
  rename(config: ContainerConfig, name: string): Promise<ContainerConfig>
  /**
   * Takes a container out: its record disappears in one step, then `release` frees what it had outside, then its name
   * and leftovers go. The caller holds its lock. @throws ERR_CTR_HAS_DEPENDENTS; what `release` throws
   */
  remove(config: ContainerSummary, release: () => Promise<void>): Promise<void>

  /** Takes a name for a pod: containers and pods share them. @throws ERR_POD_EXISTS when it is taken */
  claimName(name: string, podID: string): Promise<void>
  releaseName(name: string, podID: string): Promise<void>
  /** Names of no container and no pod, with the id they were taken for: of a pod about to be made, or never made. */
  unusedNames(): readonly {readonly name: string; readonly owner: string}[]

  exists(id: string): boolean
  /** In no order. */
  ids(): string[]
  /** Full id of a name, full id or unambiguous prefix. @throws ERR_CTR_AMBIGUOUS */
  resolve(nameOrID: string): string | undefined
  /** Full id of the container with exactly this name. */
  byName(name: string): string | undefined
  dependents(id: string): string[]

  /** What is true on this boot. A container without a record of it is `configured`. */
  run(id: string): ContainerRun
  /** The caller holds the container's lock. @param previous what was recorded before, when the caller knows it */
  saveRun(id: string, run: ContainerRun, previous?: ContainerRun): void
  /** IDs that have a record on this boot. */
  idsWithRun(): Set<string>
}
