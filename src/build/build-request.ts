import type {LayerStore} from '../../storage/layer-store.ts'
import type {Image, ImageStore} from '../image/index.ts'
import type {ContainerRequest, NetworkRequest} from '../specgen/index.ts'
import type {Variables} from './parse/expand.ts'
import type {RemoteCache} from './registry-cache.ts'

/** A build as asked for; paths are absolute. */
export interface BuildRequest {
  /** Contents, joined in this order. */
  readonly containerfiles: readonly string[]
  /** Where the first one lies, for ignore files beside it; absent when it came from stdin. */
  readonly containerfilePath?: string
  readonly contextDirectory: string
  readonly ignoreFile?: string
  /** Named contexts: a directory, or an image as `docker-image://NAME`. */
  readonly buildContexts: Variables
  /** Names of the result. */
  readonly tags: readonly string[]
  readonly target?: string
  /** Stands for the image of the first FROM. */
  readonly from?: string
  /** False: stages that the target does not need are built too. */
  readonly skipUnusedStages: boolean
  /** Stages that are built at once; 0 for no limit. */
  readonly jobs: number
  readonly buildArgs: Variables
  readonly labels: Variables
  readonly annotations: Variables
  /** Variables set in, and taken out of, the resulting configuration. */
  readonly env: readonly string[]
  readonly unsetEnv: readonly string[]
  readonly unsetLabels: readonly string[]
  readonly unsetAnnotations: readonly string[]
  /** False: what the base image has of them is left out. */
  readonly inheritLabels: boolean
  readonly inheritAnnotations: boolean
  /** The time of creation is an annotation too. */
  readonly createdAnnotation: boolean
  readonly omitHistory: boolean
  readonly noCache: boolean
  /** Older steps are made again. */
  readonly cacheTtlMs?: number
  /** Keeps an image for every step, to begin from in a later build. */
  readonly layers: boolean
  /** One layer of all that the build adds (`new`), or of all there is (`all`). */
  readonly squash?: 'new' | 'all'
  readonly format: 'oci' | 'docker'
  readonly platform?: {readonly os: string; readonly architecture: string; readonly variant?: string}
  /** Seconds since the epoch that stand for every time in the result: two builds give one digest. */
  readonly timestamp?: number
  /** What `timestamp` does to files that steps write: all get it, or those that are newer. */
  readonly fileTimes?: 'set' | 'clamp'
  /** What RUN writes below a VOLUME is thrown away. */
  readonly compatVolumes: boolean
  /** What every RUN's container gets. */
  readonly container: Partial<ContainerRequest>
  /** Files by id, for `RUN --mount=type=secret`. */
  readonly secrets: Readonly<Record<string, SecretSource>>
  readonly sshSockets: Readonly<Record<string, string>>
}

export type SecretSource = {readonly file: string} | {readonly variable: string}

/** What a build works with. */
export interface BuildServices {
  readonly images: ImageStore
  readonly layers: LayerStore
  /** Where the cache of steps and `RUN --mount=type=cache` directories lie. */
  readonly cacheDirectory: string
  /** A base image, by the pull policy. @throws ERR_IMAGE_UNKNOWN and the registry's errors */
  baseImage(name: string, platform: BuildRequest['platform']): Promise<Image>
  /** Runs a command in a container; its output goes to the user. */
  run(command: RunRequest): Promise<RunOutcome>
  /** Steps that were made elsewhere. */
  readonly remoteCache?: RemoteCache
  /** A line of progress. */
  report(line: string): void
}

/** One RUN. Its container's layer is kept for the caller, under `layerID`. */
export interface RunRequest {
  readonly image?: Image
  readonly args: readonly string[]
  readonly env: readonly string[]
  readonly user: string
  readonly workdir: string
  readonly network?: NetworkRequest
  readonly mounts: readonly RunMount[]
  readonly request: BuildRequest
  /** `insecure`: privileged. */
  readonly security: 'sandbox' | 'insecure'
  /** Ends the command. */
  readonly signal: AbortSignal
}

export type RunMount =
  | {
      readonly type: 'bind'
      readonly source: string
      readonly target: string
      readonly readOnly: boolean
      /** What is written to the directory is thrown away when the command has ended. */
      readonly discards?: boolean
    }
  | {readonly type: 'tmpfs'; readonly target: string; readonly options: readonly string[]}

export interface RunOutcome {
  readonly exitCode: number
  /** The container layer that holds what the command wrote. */
  readonly layerID: string
  /** Removes the container; the layer goes with it unless it was committed. */
  release(): Promise<void>
}
