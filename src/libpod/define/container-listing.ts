import type {ContainerSummary, PortMapping} from './container-config.ts'
import type {ContainerState} from './container-state.ts'

/** What `ps` shows of one container, read from small documents only. `state` is as last recorded unless synced. */
export interface ContainerListing {
  readonly summary: ContainerSummary
  readonly state: ContainerState
  /** Published ports, also those of the container whose network namespace it is in. */
  readonly ports: readonly PortMapping[]
  readonly restartCount: number
  /** Somebody ended its last run on purpose; a reboot, its own end and `stop --service` are no such thing. */
  readonly stoppedByUser: boolean
  /** `starting`, `healthy`, `unhealthy`; absent without a health check. */
  readonly health?: string
}
