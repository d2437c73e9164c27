import type {Resources, State} from '../types/runtime-spec.ts'

/**
 * A program that obeys the OCI runtime command line: runc, crun, a VM runtime. It keeps its own state by container id; the
 * engine asks it to do things and never guesses. `create` and `exec` are not here: the shim runs them.
 * All throw ERR_OCI_* with what the program said, or ERR_PROGRAM_MISSING.
 * @see OCI runtime-spec runtime.md, Operations; runc's man pages for what goes beyond
 */
export interface OciRuntime {
  /** As configured, e.g. `runc`. */
  readonly name: string
  readonly path: string
  /** What precedes the command, also when the shim runs it. */
  readonly globalArgs: readonly string[]
  start(id: string): Promise<void>
  /** @param options.all every process in the container's cgroup */
  kill(id: string, signal: number, options?: {readonly all?: boolean}): Promise<void>
  /** `force` kills what is left of it. A container that it does not know is success with `force`. */
  delete(id: string, options?: {readonly force?: boolean}): Promise<void>
  pause(id: string): Promise<void>
  resume(id: string): Promise<void>
  update(id: string, resources: Resources): Promise<void>
  /** Undefined when it knows no such container. */
  state(id: string): Promise<State | undefined>
  /** Host pids of its processes. */
  pids(id: string): Promise<readonly number[]>
  /** Its processes as it sees them itself, for a runtime whose processes are not this host's. */
  processes(id: string): Promise<readonly RuntimeProcess[]>
  /** Usage as it measures it itself, for a runtime whose containers are not in this host's cgroups. */
  usage(id: string): Promise<RuntimeUsage>
  /** Interfaces of its network namespace came or went: for a runtime whose containers have a network stack of their own. */
  refreshNetwork(id: string): Promise<void>
  /** @param imagePath directory for criu's images @param workPath for its logs */
  checkpoint(id: string, options: CheckpointArgs): Promise<void>
  /** True when it has the command and criu is there to use. */
  supportsCheckpoint(): Promise<boolean>
  version(): Promise<string>
  /** True when its containers run in virtual machines. */
  makesMachines(): Promise<boolean>
  /** What `features` prints; undefined for a runtime without it. */
  features(): Promise<unknown>
}

/** One process as `ps --format full` of a VM runtime tells it. */
export interface RuntimeProcess {
  readonly pid: number
  /** In the container's own pid namespace. */
  readonly containerPid: number
  readonly ppid: number
  readonly uid: number
  readonly gid: number
  readonly state: string
  readonly cpuSeconds: number
  readonly elapsedSeconds: number
  readonly rssBytes: number
  readonly args: readonly string[]
}

/** The part of `events --stats` that we read. @see runc types/events.go */
export interface RuntimeUsage {
  readonly cpu: {readonly usage: {readonly total: number; readonly kernel: number}}
  readonly memory: {readonly usage: {readonly usage: number; readonly limit: number}}
  readonly pids: {readonly current: number}
  readonly blkio: {readonly ioServiceBytesRecursive: readonly {readonly op: string; readonly value: number}[]}
}

export interface CheckpointArgs {
  readonly imagePath: string
  readonly workPath: string
  readonly leaveRunning: boolean
  readonly tcpEstablished: boolean
  readonly fileLocks: boolean
  readonly preDump: boolean
  readonly parentPath?: string
}
