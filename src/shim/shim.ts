import type {ProcessIdentity} from '../host/index.ts'

/** The runtime that the shim calls for `create`, `exec` and `restore`. */
export interface ShimRuntime {
  readonly name: string
  readonly path: string
  readonly globalArgs: readonly string[]
}

export type LogTarget =
  | {readonly driver: 'k8s-file'; readonly path: string; readonly maxSize: number}
  | {readonly driver: 'journald'; readonly tag: string}
  | {readonly driver: 'none'}
  /** The process gets the starter's own descriptors; nobody can attach. */
  | {readonly driver: 'passthrough'}

/** What containers and exec sessions have in common. */
export interface ShimProcess {
  readonly containerID: string
  readonly name: string
  readonly runtime: ShimRuntime
  /** Directory where the shim makes its attach socket (`attach`) and control fifo (`ctl`). */
  readonly bundle: string
  readonly pidFile: string
  readonly shimPidFile: string
  readonly exitDirectory: string
  /** Where the shim leaves `exit` and `oom`. */
  readonly persistDirectory: string
  readonly log: LogTarget
  readonly terminal: boolean
  readonly stdin: boolean
  readonly systemdCgroup: boolean
  /** Where the shim itself belongs; undefined leaves it in its starter's cgroup. */
  readonly shimCgroup?: ShimCgroup
  /** Run when the process has ended and the shim with it; an absolute path first. */
  readonly exitCommand?: readonly string[]
  /** What the shim has to say also goes to the host's log. */
  readonly syslog?: boolean
  /** Descriptors of ours that the process gets as 3, 4, … */
  readonly preserveFDs?: readonly number[]
  /** Descriptors that the shim only keeps open until the end. */
  readonly heldFDs?: readonly number[]
}

export type ShimCgroup =
  | {readonly manager: 'cgroupfs'; readonly path: string}
  | {readonly manager: 'systemd'; readonly slice: string; readonly unit: string}

export interface ShimContainer extends ShimProcess {
  readonly timeoutSeconds: number
  readonly sdnotifySocket?: string
  /** False for a container that is deleted when it ends: its log need not reach the disk. */
  readonly syncLog: boolean
  readonly keyring: boolean
  readonly noPivotRoot: boolean
  readonly withoutCgroups: boolean
  readonly restore?: {
    readonly imagePath: string
    readonly options: readonly string[]
  }
}

export interface ShimExec extends ShimProcess {
  readonly sessionID: string
  /** Path of the OCI process document. */
  readonly processFile: string
  readonly exitDelaySeconds: number
  /** Waits, before the process runs, until `begin` is called on the result. */
  readonly attach: boolean
}

export interface ShimmedProcess {
  readonly pid: number
  readonly shimPid: number
}

/** An exec session whose attach socket is there but whose process waits for `begin`. */
export interface ShimmedExec {
  /** Lets it run; its pid once it does. @throws ERR_OCI_* when the runtime could not start it */
  begin(): Promise<ShimmedProcess>
  /** The shim's own pid; 0 when it is gone. */
  shimPid(): Promise<number>
  /** The exit code, while this process lives to hear it; undefined when the shim died without saying. */
  readonly exitCode: Promise<number | undefined>
}

/** A shim that has been started and has done nothing yet. */
export interface PreparedShim {
  /** Has the OCI runtime create the container, from the bundle as it is now. @throws ERR_OCI_*, ERR_SHIM_FAILED */
  create(): Promise<ShimmedProcess>
  /** Ends the shim when it comes to nothing. A no-op after `create`. */
  abandon(): void
}

/** What a shim left on disk, for whoever comes later. */
export interface LoadedShim {
  readonly shim?: ProcessIdentity
  readonly exit?: ExitRecord
}

export interface ExitRecord {
  readonly exitCode: number
  /** RFC 3339. */
  readonly finishedAt: string
  readonly oomKilled: boolean
}

/**
 * The parent process of a container: it has the OCI runtime make it, holds its stdio, collects its exit status and
 * outlives whoever started it. All it knows lies on disk (bundle, pid files, exit file), so that `load` in a later
 * process sees the same.
 */
export interface Shim {
  /** The program's path; undefined when it is not installed. */
  readonly path: string
  /** Starts a shim that waits: its bundle may still be in the making. @throws ERR_PROGRAM_MISSING, ERR_NOT_SUPPORTED */
  prepare(container: ShimContainer): Promise<PreparedShim>
  /** @throws ERR_OCI_*, ERR_SHIM_FAILED, ERR_PROGRAM_MISSING */
  exec(session: ShimExec): Promise<ShimmedExec>
  /** @param containerID that the shim must have on its command line: a pid in a file may be somebody else's by now */
  load(containerID: string, shimPidFile: string, exitFile: string, persistDirectory: string): LoadedShim
  version(): Promise<string>
}
