import type {ContainerState} from './container-state.ts'

/** What is true of a container on this boot, and what it keeps from one run to the next. */
export interface ContainerRun {
  readonly version: number
  readonly state: ContainerState
  /** Where its root filesystem is mounted for running; absent when it is not. */
  readonly mountPoint?: string
  /** What was taken for running and is to be given back; noted before it is taken. */
  readonly resources?: RunResources
  /** Mounts asked for by users on top of that, counted. */
  readonly userMounts?: number
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
  /** Why the last start failed. */
  readonly error?: string
}

export interface RunResources {
  /** Its layer is mounted. */
  readonly layer: boolean
  /** Names of volumes mounted. */
  readonly volumes: readonly string[]
  /** Chain ids of image layers mounted. */
  readonly imageLayers: readonly `sha256:${string}`[]
  /** It has networks, or a network namespace made by us. */
  readonly network: boolean
}

export const containerRunVersion = 1

export const neverRun: ContainerRun = {
  version: containerRunVersion,
  state: {status: 'configured'},
  restartCount: 0,
  stoppedByUser: false,
}
