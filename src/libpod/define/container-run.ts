import type {ContainerState} from './container-state.ts'

/** What is true of a container on this boot, and what it keeps from one run to the next. */
export interface ContainerRun {
  readonly version: number
  readonly state: ContainerState
  /** Where its root filesystem is mounted for running; absent when it is not. */
  readonly mountPoint?: string
  /** Mounts asked for by users on top of that, counted. */
  readonly userMounts?: number
  /** Path of its own network namespace. */
  readonly netns?: string
  /** Times the restart policy started it since a user did. */
  readonly restartCount: number
  readonly stoppedByUser: boolean
  /** Set while the restart policy is about to start it again. */
  readonly restarting?: boolean
  readonly checkpointedAt?: string
  readonly restoredAt?: string
  readonly checkpointed?: boolean
  readonly restored?: boolean
  readonly health?: 'starting' | 'healthy' | 'unhealthy'
  /** The kernel's path of its cgroup while it runs. */
  readonly cgroupPath?: string
  /** Overlays made for `:O` mounts and the like, unmounted by cleanup. */
  readonly mounts?: readonly string[]
  /** Why the last start failed. */
  readonly error?: string
}

export const containerRunVersion = 1

export const neverRun: ContainerRun = {
  version: containerRunVersion,
  state: {status: 'configured'},
  restartCount: 0,
  stoppedByUser: false,
}
