import type {Readable, Writable} from 'node:stream'
import type {CopyReport} from '../../image/copy-report.ts'
import type {ImageRunConfig} from '../../oci/types/image-spec.ts'
import type {Resources} from '../../oci/types/runtime-spec.ts'
import type {AttachOptions} from './attach.ts'
import type {ContainerConfig, ContainerImage, ContainerSummary, PortMapping, RestartPolicy} from './container-config.ts'

export interface InitOptions {
  /** Also initialises the containers it depends on. */
  readonly recursive?: boolean
}

export interface StartOptions {
  /** Connects before the process runs, so that no output is lost; `StartResult.attach` is the connection. */
  readonly attach?: AttachOptions
  /** Starts the containers it depends on first. Default true. */
  readonly recursive?: boolean
  /** The caller stays until the end and calls `container.finish()`: the exit command then has nothing to do. */
  readonly foreground?: boolean
  /** Descriptors of this process that the container's gets as 3, 4, … */
  readonly preserveFDs?: readonly number[]
}

export interface StopOptions {
  /** Seconds before SIGKILL; default the container's own stop timeout. 0 kills at once. */
  readonly timeoutSeconds?: number
  /** Called once when the stop signal was not enough and SIGKILL follows, with podman's sentence. */
  readonly onWarning?: (message: string) => void
  /** A service manager stops it, nobody's wish: it still counts as one that starts with the next boot. */
  readonly asService?: boolean
}

export type RestartOptions = StopOptions

export type WaitCondition =
  | 'configured'
  | 'created'
  | 'initialized'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'stopped'
  | 'exited'
  | 'removing'
  | 'healthy'
  | 'unhealthy'

export interface WaitOptions {
  /** Any of these ends the wait; default `stopped` or `exited`. */
  readonly conditions?: readonly WaitCondition[]
  /** Milliseconds between looks where nothing tells us at once; default 250. */
  readonly intervalMs?: number
  readonly signal?: AbortSignal
}

export interface RemoveOptions {
  /** Kills it when it runs. */
  readonly force?: boolean
  /** Removes the containers that depend on it first. */
  readonly depend?: boolean
  /** Removes its anonymous volumes. */
  readonly volumes?: boolean
  /** Seconds before SIGKILL with `force`; default the container's stop timeout. */
  readonly timeoutSeconds?: number
  /** Containers that depend on it and were removed with it are reported here, in order. */
  readonly onRemoved?: (id: string) => void
  /** Allows removal of an infra container: only its pod does so. */
  readonly infra?: boolean
}

export interface CleanupOptions {
  /** Also removes the container when it was made with `--rm`. */
  readonly remove?: boolean
  /** The image is removed too when nothing else uses it. */
  readonly removeImage?: boolean
  /** Do nothing for a container that is not stopped. Without it, cleaning up a running one is an error. */
  readonly ifStopped?: boolean
}

export interface LogOptions {
  readonly follow?: boolean
  /** Milliseconds since the epoch. */
  readonly sinceMs?: number
  readonly untilMs?: number
  /** Last lines only; -1 or undefined all. */
  readonly tail?: number
  readonly signal?: AbortSignal
}

/** One piece of output as the log holds it. `text` has its line end unless `partial`. */
export interface LogLine {
  readonly stream: 'stdout' | 'stderr'
  /** RFC 3339 with nanoseconds. */
  readonly time: string
  readonly text: Buffer
  readonly partial: boolean
}

export interface CommitOptions {
  /** Name of the new image; without it the image has no name. */
  readonly reference?: string
  readonly author?: string
  readonly message?: string
  /** Pauses the container while its layer is read. */
  readonly pause?: boolean
  /** `INSTRUCTION value` as in a Containerfile. */
  readonly changes?: readonly string[]
  /** Merged in before the changes. */
  readonly override?: ImageRunConfig
  readonly format?: 'oci' | 'docker'
  readonly squash?: boolean
  readonly includeVolumes?: boolean
  readonly report?: CopyReport
}

export interface UpdateOptions {
  /** Replaces these values in the container's resources; what is absent stays. */
  readonly resources?: Resources
  readonly restartPolicy?: RestartPolicy
  /** Parts of the config that hold from the next start on, replaced as a whole. */
  readonly config?: Partial<
    Pick<
      ContainerConfig,
      'process' | 'healthcheck' | 'startupHealthcheck' | 'healthOnFailure' | 'healthLog' | 'hasHealthcheck'
    >
  >
}

export interface TopResult {
  /** Header row first. */
  readonly rows: readonly (readonly string[])[]
  /** What ps(1) printed, when it was asked: aligned by itself. */
  readonly lines?: readonly string[]
}

export interface ContainerStats {
  readonly id: string
  readonly name: string
  readonly cpuNano: number
  readonly cpuSystemNano: number
  /** Per cent of one CPU since the sample before. */
  readonly cpuPercent: number
  /** Per cent of one CPU since the container started. */
  readonly averageCpuPercent: number
  readonly perCpuNano: readonly number[]
  readonly systemNano: number
  readonly memoryUsageBytes: number
  readonly memoryLimitBytes: number
  readonly memoryPercent: number
  readonly networks: Readonly<Record<string, NetworkCounters>>
  readonly blockInputBytes: number
  readonly blockOutputBytes: number
  readonly pids: number
  readonly upTimeNano: number
  readonly durationNano: number
}

export interface NetworkCounters {
  readonly rxBytes: number
  readonly rxPackets: number
  readonly rxErrors: number
  readonly rxDropped: number
  readonly txBytes: number
  readonly txPackets: number
  readonly txErrors: number
  readonly txDropped: number
}

/** What `cp` needs to know of a path inside a container, links resolved within its root. */
export interface PathStat {
  readonly name: string
  readonly size: number
  /** st_mode. */
  readonly mode: number
  readonly mtime: string
  readonly linkTarget: string
  readonly isDirectory: boolean
  /** The path inside the container after its links. */
  readonly resolvedPath: string
}

export interface CopyIntoOptions {
  /** A tar; unpacked below `path`, which must be a directory of the container. */
  readonly archive: Readable
  /** Ownership is that of the archive (`cp -a` semantics) or the container's user's when set. */
  readonly chown?: 'user' | {readonly uid: number; readonly gid: number}
  /** Refuses to put a directory in a file's place or the other way round. Default true. */
  readonly noOverwriteDirNonDir?: boolean
}

export interface CopyOutOptions {
  /** Receives the tar of `path`; its entries begin with the last path element. */
  readonly archive: Writable
  readonly renameRoot?: string
}

export interface CheckpointOptions {
  readonly keep?: boolean
  readonly leaveRunning?: boolean
  readonly tcpEstablished?: boolean
  readonly fileLocks?: boolean
  readonly ignoreRootfs?: boolean
  readonly ignoreVolumes?: boolean
  readonly preCheckpoint?: boolean
  readonly withPrevious?: boolean
  /** Writes an archive that another host can restore. */
  readonly exportPath?: string
  /** Makes an image of the same content. */
  readonly imageName?: string
  readonly compress?: 'none' | 'gzip' | 'zstd'
  readonly printStats?: boolean
}

export interface RestoreOptions {
  readonly keep?: boolean
  readonly tcpEstablished?: boolean
  readonly tcpClose?: boolean
  readonly fileLocks?: boolean
  readonly ignoreStaticIP?: boolean
  readonly ignoreStaticMAC?: boolean
  readonly printStats?: boolean
}

/** How a container is made of an exported checkpoint. */
export interface ImportCheckpointOptions {
  /** A new name, and with it a new id and addresses. */
  readonly name?: string
  /** The image on this host. */
  readonly image?: ContainerImage
  /** In place of those it had. */
  readonly ports?: readonly PortMapping[]
  readonly ignoreRootfs?: boolean
  readonly ignoreVolumes?: boolean
  readonly ignoreStaticIP?: boolean
  readonly ignoreStaticMAC?: boolean
  /** The archive that `--pre-checkpoint` made. */
  readonly previousPath?: string
}

/** What criu and the runtime took for it; times in microseconds. */
export interface CheckpointReport {
  readonly runtimeMicroseconds: number
  readonly criu?: Readonly<Record<string, number>>
}

export interface ConnectOptions {
  readonly aliases?: readonly string[]
  readonly staticIPs?: readonly string[]
  readonly staticMAC?: string
  readonly interfaceName?: string
}

export interface HealthResult {
  readonly status: 'healthy' | 'unhealthy' | 'starting' | 'stopped'
  readonly failingStreak: number
  readonly exitCode: number
}

export interface PruneReport {
  readonly removed: readonly {readonly id: string; readonly bytes: number}[]
  readonly failed: readonly {readonly id: string; readonly error: unknown}[]
}

export interface PruneOptions {
  readonly keep?: (summary: ContainerSummary) => boolean
}
