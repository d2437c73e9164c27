import type {Writable} from 'node:stream'
import type {DiffEntry} from '../../storage/layer-store.ts'
import type {LockFile} from '../host/index.ts'
import {attachContainer} from './container/attach.ts'
import {cleanupContainer} from './container/cleanup.ts'
import {createExec} from './container/exec/create-exec.ts'
import {cleanupExec, removeExec, resizeExec, stopExec} from './container/exec/end-exec.ts'
import {execIDs, getExec} from './container/exec/exec-records.ts'
import {execContainer, startExec, startExecDetached} from './container/exec/start-exec.ts'
import {finishContainer} from './container/finish.ts'
import {initContainer} from './container/init.ts'
import {killContainer} from './container/kill.ts'
import {containerLogs} from './container/logs.ts'
import {mountContainer, mountPointOf, unmountContainer} from './container/mount.ts'
import {pauseContainer, unpauseContainer} from './container/pause.ts'
import {removeContainer} from './container/remove.ts'
import {renameContainer} from './container/rename.ts'
import {resizeContainer} from './container/resize.ts'
import {restartContainer} from './container/restart.ts'
import {startContainer} from './container/start.ts'
import {stopContainer} from './container/stop.ts'
import {updateContainer} from './container/update.ts'
import {waitContainer} from './container/wait.ts'
import {withContainer} from './container/with-container.ts'
import type {AttachOptions, AttachSession, ExecAttachSession, TerminalSize} from './define/attach.ts'
import type {ContainerConfig} from './define/container-config.ts'
import type {ContainerState} from './define/container-state.ts'
import type {ExecConfig, ExecSession} from './define/exec-session.ts'
import type {InspectContainer} from './define/inspect-container.ts'
import type {
  CheckpointOptions,
  CheckpointReport,
  CleanupOptions,
  CommitOptions,
  ConnectOptions,
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
import type {Engine} from './engine.ts'

export type {ExecAttachSession} from './define/attach.ts'

/**
 * One container: its config, which never changes, and the verbs. Every verb takes the container's lock, brings the
 * recorded state up to date with what happened (exit file, shim, OCI runtime), checks that it applies, acts and saves.
 * All throw ERR_NO_SUCH_CTR when the container was removed meanwhile.
 */
export class Container {
  readonly id: string
  readonly #engine: Engine
  #config: ContainerConfig | undefined
  #foreground: LockFile | undefined

  /** @param config when the caller has just read or written it */
  constructor(engine: Engine, id: string, config?: ContainerConfig) {
    this.id = id
    this.#engine = engine
    this.#config = config
  }

  /** As it was when first asked for; `rename` and `update` change the record, not this object. */
  get config(): ContainerConfig {
    this.#config ??= this.#engine.state.config(this.id)
    return this.#config
  }

  get name(): string {
    return this.config.name
  }

  /** The state after a look at what really is. */
  state(): Promise<ContainerState> {
    return withContainer(this.#engine, this.id, (held) => held.state)
  }

  async inspect(options: {readonly size?: boolean} = {}): Promise<InspectContainer> {
    const {inspectContainer} = await import('./container/inspect/inspect.ts')
    return inspectContainer(this.#engine, this.id, options)
  }

  /** Makes it in the OCI runtime: mounts, network, config.json, shim. @throws ERR_CTR_STATE_INVALID, ERR_OCI_* */
  init(options: InitOptions = {}): Promise<void> {
    return initContainer(this.#engine, this.id, options)
  }

  /** Runs it; initialises first where needed. A running one is success. @throws ERR_OCI_*, ERR_CTR_STATE_INVALID */
  async start(options: StartOptions = {}): Promise<AttachSession | undefined> {
    const {attach, foreground} = await startContainer(this.#engine, this.id, options)
    this.#foreground = foreground
    return attach
  }

  /** Stop signal, wait, SIGKILL. A no-op when already stopped. @throws ERR_CTR_STATE_INVALID when never started */
  stop(options: StopOptions = {}): Promise<void> {
    return stopContainer(this.#engine, this.id, options)
  }

  /** @param signal number @throws ERR_CTR_STATE_INVALID unless running or paused */
  kill(signal: number): Promise<void> {
    return killContainer(this.#engine, this.id, signal)
  }

  restart(options: RestartOptions = {}): Promise<void> {
    return restartContainer(this.#engine, this.id, options)
  }

  pause(): Promise<void> {
    return pauseContainer(this.#engine, this.id)
  }

  unpause(): Promise<void> {
    return unpauseContainer(this.#engine, this.id)
  }

  /** Exit code of the container, or -1 when another condition than an end was met. */
  wait(options: WaitOptions = {}): Promise<number> {
    return waitContainer(this.#engine, this.id, options)
  }

  /**
   * For who started it with `foreground`: waits for its end, cleans up, removes it when it is `--rm`, and returns
   * the exit code.
   */
  finish(): Promise<number> {
    const foreground = this.#foreground
    this.#foreground = undefined
    return finishContainer(this.#engine, this.id, foreground)
  }

  /** For who started it with `foreground` and leaves it alone now (a detach): the exit command will attend to its end. */
  leave(): void {
    this.#foreground?.release()
    this.#foreground = undefined
  }

  /** @throws ERR_CTR_STATE_INVALID unless created or running */
  attach(options: AttachOptions): Promise<AttachSession> {
    return attachContainer(this.#engine, this.id, options)
  }

  resize(size: TerminalSize): Promise<void> {
    return resizeContainer(this.#engine, this.id, size)
  }

  /** Records an exec session. @throws ERR_CTR_STATE_INVALID unless running */
  createExec(config: ExecConfig): Promise<string> {
    return createExec(this.#engine, this.id, config)
  }

  /** Runs it with streams connected. @throws ERR_EXEC_STATE unless created */
  startExec(sessionID: string, streams: AttachOptions): Promise<ExecAttachSession> {
    return startExec(this.#engine, this.id, sessionID, streams)
  }

  /** Runs it without; with `remove` its record goes when it ends. */
  startExecDetached(sessionID: string, options: {readonly remove?: boolean} = {}): Promise<void> {
    return startExecDetached(this.#engine, this.id, sessionID, options)
  }

  async execSession(sessionID: string): Promise<ExecSession> {
    return getExec(this.#engine, this.id, sessionID)
  }

  async execSessions(): Promise<readonly string[]> {
    return execIDs(this.#engine, this.id)
  }

  stopExec(sessionID: string, timeoutSeconds?: number): Promise<void> {
    return stopExec(this.#engine, this.id, sessionID, timeoutSeconds)
  }

  removeExec(sessionID: string, options: {readonly force?: boolean} = {}): Promise<void> {
    return removeExec(this.#engine, this.id, sessionID, options)
  }

  /** What a detached session's exit command does: notes its end, with `remove` forgets it. */
  cleanupExec(sessionID: string, options: {readonly remove?: boolean} = {}): Promise<void> {
    return cleanupExec(this.#engine, this.id, sessionID, options)
  }

  async resizeExec(sessionID: string, size: TerminalSize): Promise<void> {
    resizeExec(this.#engine, this.id, sessionID, size)
  }

  /** The usual way: create, start attached, remove. */
  exec(config: ExecConfig, streams: AttachOptions): Promise<ExecAttachSession> {
    return execContainer(this.#engine, this.id, config, streams)
  }

  /** The log in the order written. @throws ERR_NO_LOGS for the drivers none and passthrough */
  logs(options: LogOptions = {}): AsyncIterable<LogLine> {
    return containerLogs(this.#engine, this.id, options)
  }

  /** @param descriptors names of columns; or ps(1) options when it knows no column of that name */
  async top(descriptors: readonly string[] = []): Promise<TopResult> {
    const {topContainer} = await import('./container/top/top.ts')
    return topContainer(this.#engine, this.id, descriptors)
  }

  /** @param previous the sample before, for percentages of the time between */
  async stats(previous?: ContainerStats): Promise<ContainerStats> {
    const {statsContainer} = await import('./container/stats/stats.ts')
    return statsContainer(this.#engine, this.id, previous)
  }

  /** Mount point of its root filesystem; counted. */
  mount(): Promise<string> {
    return mountContainer(this.#engine, this.id)
  }

  unmount(options: {readonly force?: boolean} = {}): Promise<void> {
    return unmountContainer(this.#engine, this.id, options)
  }

  /** The mount point when mounted by `mount` or by running. */
  mountPoint(): Promise<string | undefined> {
    return mountPointOf(this.#engine, this.id)
  }

  async diff(): Promise<readonly DiffEntry[]> {
    const {diffContainer} = await import('./container/diff.ts')
    return diffContainer(this.#engine, this.id)
  }

  /** Its root filesystem as a tar. */
  async export(target: Writable): Promise<void> {
    const {exportContainer} = await import('./container/export.ts')
    return exportContainer(this.#engine, this.id, target)
  }

  /** Makes an image of it; returns the image's id. */
  async commit(options: CommitOptions = {}): Promise<string> {
    const {commitContainer} = await import('./container/commit.ts')
    return commitContainer(this.#engine, this.id, options)
  }

  /** @throws ERR_INVALID_ARG when there is no such path */
  async statPath(path: string): Promise<PathStat> {
    const {statPath} = await import('./container/copy/stat-path.ts')
    return statPath(this.#engine, this.id, path)
  }

  /** Where a path leads after its links; nothing need be there. */
  async resolvePath(path: string): Promise<string> {
    const {resolvePath} = await import('./container/copy/stat-path.ts')
    return resolvePath(this.#engine, this.id, path)
  }

  async copyInto(path: string, options: CopyIntoOptions): Promise<void> {
    const {copyInto} = await import('./container/copy/copy-into.ts')
    return copyInto(this.#engine, this.id, path, options)
  }

  async copyOut(path: string, options: CopyOutOptions): Promise<void> {
    const {copyOut} = await import('./container/copy/copy-out.ts')
    return copyOut(this.#engine, this.id, path, options)
  }

  /** @throws ERR_CTR_EXISTS when the name is taken */
  rename(name: string): Promise<void> {
    return renameContainer(this.#engine, this.id, name)
  }

  update(options: UpdateOptions): Promise<void> {
    return updateContainer(this.#engine, this.id, options)
  }

  /** Joins one more network, at once when it runs. @throws ERR_NETWORK_CONNECTED, ERR_NETWORK_MODE */
  async connectNetwork(network: string, options: ConnectOptions = {}): Promise<void> {
    const {connectNetwork} = await import('./container/connect-network.ts')
    return connectNetwork(this.#engine, this.id, network, options)
  }

  /** Makes its firewall rules and interfaces anew, with the same addresses. @throws ERR_CTR_STATE_INVALID */
  async reloadNetwork(): Promise<void> {
    const {reloadNetwork} = await import('./container/connect-network.ts')
    return reloadNetwork(this.#engine, this.id)
  }

  async disconnectNetwork(network: string, options: {readonly force?: boolean} = {}): Promise<void> {
    const {disconnectNetwork} = await import('./container/connect-network.ts')
    return disconnectNetwork(this.#engine, this.id, network, options)
  }

  /** What the exit command does: restart policy, unmount, network down, OCI delete, with `remove` a `--rm` one goes. */
  cleanup(options: CleanupOptions = {}): Promise<void> {
    return cleanupContainer(this.#engine, this.id, options)
  }

  /** @throws ERR_CTR_STATE_INVALID when it runs and not `force`; ERR_CTR_HAS_DEPENDENTS */
  remove(options: RemoveOptions = {}): Promise<void> {
    return removeContainer(this.#engine, this.id, options)
  }

  /** @throws ERR_NOT_SUPPORTED where criu or the OCI runtime cannot do it */
  async checkpoint(options: CheckpointOptions = {}): Promise<CheckpointReport> {
    const {checkpointContainer} = await import('./container/checkpoint/checkpoint.ts')
    return checkpointContainer(this.#engine, this.id, options)
  }

  async restore(options: RestoreOptions = {}): Promise<CheckpointReport> {
    const {restoreContainer} = await import('./container/checkpoint/restore.ts')
    return restoreContainer(this.#engine, this.id, options)
  }

  /** Runs its health check once and records the result. */
  async healthcheck(): Promise<HealthResult> {
    const {runHealthcheck} = await import('./container/health/run-healthcheck.ts')
    return runHealthcheck(this.#engine, this.id)
  }

  /** Rw and root sizes in bytes. */
  async size(): Promise<{readonly rwBytes: number; readonly rootBytes: number}> {
    const {containerSize} = await import('./container/size.ts')
    return containerSize(this.#engine, this.id)
  }
}
