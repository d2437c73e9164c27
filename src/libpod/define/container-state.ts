import type {ProcessIdentity} from '../../host/index.ts'

/** What is true of a container whose processes live. Times are RFC 3339 with nanoseconds. */
export interface Live {
  readonly pid: number
  readonly process: ProcessIdentity
  readonly shimPid: number
  readonly shim?: ProcessIdentity
  readonly startedAt: string
}

/** What is true of a container that ran and ended. */
export interface Ended {
  readonly startedAt: string
  readonly finishedAt: string
  readonly exitCode: number
  readonly oomKilled: boolean
}

/**
 * A container's state, kept per boot. `stopped`: its process ended, its mounts and network still stand; `exited`: they
 * are cleaned up. A state holds only what is true in it; transitions make a new one.
 */
export type ContainerState =
  | {readonly status: 'configured'}
  | ({readonly status: 'created'} & Omit<Live, 'startedAt'>)
  | ({readonly status: 'running'} & Live)
  | ({readonly status: 'paused'} & Live)
  | ({readonly status: 'stopping'} & Live)
  | ({readonly status: 'stopped'} & Ended)
  | ({readonly status: 'exited'} & Ended)
  /** `volumes`: those made for it go as well. */
  | {readonly status: 'removing'; readonly volumes?: boolean}

/** The word for a state; podman shows `configured` as `created` and `created` as `initialized`. */
export type ContainerStatus = ContainerState['status']
