import type {LayerStore} from '../../storage/layer-store.ts'
import type {EngineConfig} from '../config/index.ts'
import {hasCode} from '../errors/index.ts'
import type {Image, ImageStore} from '../image/index.ts'
import type {Networks} from '../network/index.ts'
import type {OciRuntime} from '../oci/runtime/index.ts'
import type {Shim} from '../shim/index.ts'
import type {Trace} from '../timings/index.ts'
import type {CheckpointSource} from './container/checkpoint/checkpoint-source.ts'
import {findExec, getExec} from './container/exec/exec-records.ts'
import {Container} from './container.ts'
import {ContainerCollection} from './container-collection.ts'
import {createContainer} from './create-container.ts'
import type {ContainerConfig} from './define/container-config.ts'
import type {ExecSession} from './define/exec-session.ts'
import type {Problem} from './define/problem.ts'
import type {ImportCheckpointOptions} from './define/verb-options.ts'
import type {EventLog} from './events/event-log.ts'
import {generateName} from './generate-name.ts'
import type {ForeignLayer} from './layers-without-container.ts'
import {type EngineParts, openEngineParts} from './open-engine-parts.ts'
import type {Pod} from './pod/pod.ts'
import {PodCollection} from './pod/pod-collection.ts'
import type {SecretStore} from './secret/index.ts'
import type {VolumeStore} from './volume/index.ts'

export interface OpenOptions {
  /** What tells one boot from another; default the kernel's boot id. */
  readonly bootID?: string
  /** Told what an OCI runtime warns of; by default a warning of the process. */
  readonly warn?: (sentence: string) => void
  /** Gets the steps of what the engine does. */
  readonly trace?: Trace
}

/** Opens the engine on the directories that `config` names; makes them when missing, refreshes states after a reboot. */
export async function openRuntime(config: EngineConfig, options: OpenOptions = {}): Promise<Runtime> {
  return new Runtime(await openEngineParts(config, options))
}

/**
 * The engine: containers in a state database, their layers and images, and the programs that run them. Opening reads
 * almost nothing; each part is opened when first used.
 */
export class Runtime {
  readonly containers: ContainerCollection
  readonly pods: PodCollection
  readonly #parts: EngineParts
  readonly #generatedNames = new Set<string>()

  constructor(parts: EngineParts) {
    this.#parts = parts
    this.containers = new ContainerCollection(parts)
    this.pods = new PodCollection(parts)
  }

  get config(): EngineConfig {
    return this.#parts.config
  }

  get layers(): LayerStore {
    return this.#parts.layers
  }

  get images(): ImageStore {
    return this.#parts.images
  }

  get networks(): Networks {
    return this.#parts.networks
  }

  get volumes(): VolumeStore {
    return this.#parts.volumes
  }

  get secrets(): SecretStore {
    return this.#parts.secrets
  }

  get shim(): Shim {
    return this.#parts.shim
  }

  get events(): EventLog {
    return this.#parts.events
  }

  /** The OCI runtime of this name or path; default the configured one. @throws ERR_INVALID_ARG */
  ociRuntime(nameOrPath = this.config.engine.runtime): OciRuntime {
    return this.#parts.ociRuntime(nameOrPath)
  }

  /**
   * Records the container and makes its writable layer and volumes: afterwards it is on disk and `configured`. A name
   * from `generateName` that somebody else has taken meanwhile is replaced by another.
   * @throws ERR_CTR_NAME_IN_USE; ERR_NO_SUCH_CTR for a dependency; ERR_LAYER_UNKNOWN
   */
  async createContainer(config: ContainerConfig): Promise<Container> {
    try {
      await this.#parts.trace.time('create', () => createContainer(this.#parts, config))
      return new Container(this.#parts, config.id, config)
    } catch (error) {
      if (!hasCode(error, 'ERR_CTR_NAME_IN_USE') || !this.#generatedNames.has(config.name)) throw error
      return this.createContainer({...config, name: this.generateName()})
    }
  }

  /** Reads an exported checkpoint; dispose it. @throws ERR_ARCHIVE_INVALID, ERR_NOT_SUPPORTED for another engine's */
  async openCheckpoint(from: {readonly path: string} | {readonly image: Image; readonly name: string}) {
    const {CheckpointSource} = await import('./container/checkpoint/checkpoint-source.ts')
    return 'path' in from
      ? CheckpointSource.fromArchive(this.#parts, from.path)
      : CheckpointSource.fromImage(this.#parts, from.image, from.name)
  }

  /** Makes its container, ready for `restore`. @throws ERR_REFUSED, ERR_CTR_EXISTS */
  async importCheckpoint(source: CheckpointSource, options: ImportCheckpointOptions): Promise<Container> {
    const {importCheckpoint} = await import('./container/checkpoint/import-checkpoint.ts')
    return new Container(this.#parts, await importCheckpoint(this.#parts, source, options))
  }

  /** The image of infra containers, made when it is not there. @throws ERR_PROGRAM_MISSING */
  async infraImage(): Promise<Image> {
    const {infraImage} = await import('./pod/infra-image.ts')
    return infraImage(this.images)
  }

  /** A pod as `pod inspect` shows it. */
  async inspectPod(pod: Pod): Promise<Record<string, unknown>> {
    const {inspectPod} = await import('./pod/inspect-pod.ts')
    return inspectPod(this.#parts, pod)
  }

  /** A two-word name that is free now. */
  generateName(): string {
    const name = generateName((candidate) => this.#parts.state.byName(candidate) !== undefined)
    this.#generatedNames.add(name)
    return name
  }

  /** The session and its container, found by session id or unambiguous prefix. @throws ERR_NO_SUCH_EXEC */
  async lookupExec(sessionID: string): Promise<{readonly container: Container; readonly session: ExecSession}> {
    const {containerID, id} = findExec(this.#parts, sessionID)
    return {container: new Container(this.#parts, containerID), session: getExec(this.#parts, containerID, id)}
  }

  /** Checks every record against what is really there. */
  async check(options: {readonly repair?: boolean} = {}): Promise<readonly Problem[]> {
    const {checkEngine} = await import('./check-engine.ts')
    return checkEngine(this.#parts, options)
  }

  /** Writable layers in the storage that belong to no container. */
  async layersWithoutContainer(): Promise<readonly ForeignLayer[]> {
    const {layersWithoutContainer} = await import('./layers-without-container.ts')
    return layersWithoutContainer(this.#parts)
  }

  /** Nothing is held between two verbs: each gives back its locks and files itself. */
  close(): void {}

  /** Brings every record to this version's form and makes the indexes anew; how many containers there are. */
  async migrate(): Promise<number> {
    const {migrate} = await import('./check-engine.ts')
    return migrate(this.#parts)
  }
}
