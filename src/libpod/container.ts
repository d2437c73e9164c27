import type {Writable} from 'node:stream'
import type {DiffEntry} from '../../storage/layer-store.ts'
import type {AttachOptions, AttachSession, TerminalSize} from './define/attach.ts'
import type {ContainerConfig} from './define/container-config.ts'
import type {ContainerState} from './define/container-state.ts'
import type {ExecConfig, ExecSession} from './define/exec-session.ts'
import type {InspectContainer} from './define/inspect-container.ts'
import type {
  CheckpointOptions,
  CleanupOptions,
  CommitOptions,
  ContainerStats,
  CopyIntoOptions,
  CopyOutOptions,
  HealthResult,
  InitOptions,
  LogLine,
  LogOptions,
  PathStat,
  RemoveOptions,
  RestartOptions,
  RestoreOptions,
  StartOptions,
  StopOptions,
  TopResult,
  UpdateOptions,
  WaitOptions,
} from './define/verb-options.ts'

/**
 * One container: its config, which never changes, and the verbs. Every verb takes the container's lock, brings the
 * recorded state up to date with what happened (exit file, shim, OCI runtime), checks that it applies, acts and saves.
 * All throw ERR_NO_SUCH_CTR when the container was removed meanwhile.
 */
export declare class Container {
  readonly id: string
  /** As it was when this object was made; `rename` and `update` change the record, not this object. */
  readonly config: ContainerConfig
  get name(): string

  /** The state after a look at what really is. */
  state(): Promise<ContainerState>
  inspect(options?: {readonly size?: boolean}): Promise<InspectContainer>

  /** Makes it in the OCI runtime: mounts, network, config.json, shim. @throws ERR_CTR_STATE_INVALID, ERR_OCI_* */
  init(options?: InitOptions): Promise<void>
  /** Runs it; initialises first where needed. A running one is success, without an attach. @throws ERR_OCI_*, ERR_CTR_STATE_INVALID */
  start(options?: StartOptions): Promise<AttachSession | undefined>
  /** Stop signal, wait, SIGKILL. A no-op when already stopped. @throws ERR_CTR_STATE_INVALID when never started */
  stop(options?: StopOptions): Promise<void>
  /** @param signal number @throws ERR_CTR_STATE_INVALID unless running or paused */
  kill(signal: number): Promise<void>
  restart(options?: RestartOptions): Promise<void>
  pause(): Promise<void>
  unpause(): Promise<void>
  /** Exit code of the container, or -1 when another condition than an end was met. */
  wait(options?: WaitOptions): Promise<number>
  /**
   * For who started it with `foreground`: waits for its end, cleans up, removes it when it is `--rm`, and returns
   * the exit code.
   */
  finish(): Promise<number>
  /** @throws ERR_CTR_STATE_INVALID unless created or running */
  attach(options: AttachOptions): Promise<AttachSession>
  resize(size: TerminalSize): Promise<void>

  /** Records an exec session. @throws ERR_CTR_STATE_INVALID unless running */
  createExec(config: ExecConfig): Promise<string>
  /** Runs it with streams connected. */
  startExec(sessionID: string, streams: AttachOptions): Promise<ExecAttachSession>
  /** Runs it without. */
  startExecDetached(sessionID: string): Promise<void>
  execSession(sessionID: string): Promise<ExecSession>
  execSessions(): Promise<readonly string[]>
  stopExec(sessionID: string, timeoutSeconds?: number): Promise<void>
  removeExec(sessionID: string, options?: {readonly force?: boolean}): Promise<void>
  resizeExec(sessionID: string, size: TerminalSize): Promise<void>
  /** The usual way: create, start attached, remove. */
  exec(config: ExecConfig, streams: AttachOptions): Promise<ExecAttachSession>

  /** The log in the order written. @throws ERR_NO_LOGS for the drivers none and passthrough */
  logs(options?: LogOptions): AsyncIterable<LogLine>
  /** @param descriptors names of columns; or ps(1) options when it knows no column of that name */
  top(descriptors?: readonly string[]): Promise<TopResult>
  /** @param previous the sample before, for percentages of the time between */
  stats(previous?: ContainerStats): Promise<ContainerStats>
  /** Mount point of its root filesystem; counted. */
  mount(): Promise<string>
  unmount(options?: {readonly force?: boolean}): Promise<void>
  /** The mount point when mounted by `mount` or by running. */
  mountPoint(): Promise<string | undefined>
  diff(): Promise<readonly DiffEntry[]>
  /** Its root filesystem as a tar. */
  export(target: Writable): Promise<void>
  /** Makes an image of it; returns the image's id. */
  commit(options?: CommitOptions): Promise<string>
  /** @throws ERR_INVALID_ARG when there is no such path */
  statPath(path: string): Promise<PathStat>
  copyInto(path: string, options: CopyIntoOptions): Promise<void>
  copyOut(path: string, options: CopyOutOptions): Promise<void>

  rename(name: string): Promise<void>
  update(options: UpdateOptions): Promise<void>
  /** Unmounts, tears the network down, deletes it in the OCI runtime. */
  cleanup(options?: CleanupOptions): Promise<void>
  /** @throws ERR_CTR_STATE_INVALID when it runs and not `force`; ERR_CTR_HAS_DEPENDENTS */
  remove(options?: RemoveOptions): Promise<void>
  checkpoint(options?: CheckpointOptions): Promise<void>
  restore(options?: RestoreOptions): Promise<void>
  /** Runs its health check once and records the result. */
  healthcheck(): Promise<HealthResult>
  /** Rw and root sizes in bytes. */
  size(): Promise<{readonly rwBytes: number; readonly rootBytes: number}>
}

/** A connection to an exec session's process. */
export interface ExecAttachSession extends AttachSession {
  readonly id: string
  /** Exit code once ended; undefined when detached before. The session's record is gone after `exec`. */
  readonly exitCode: Promise<number | undefined>
}
