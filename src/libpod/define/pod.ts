import type {Versioned} from '../../host/index.ts'
import type {InitContainerType, RestartPolicy} from './container-config.ts'
import type {ResourcesTemplate} from './spec-vocabulary.ts'

export const podConfigVersion = 1

/** Namespaces that a pod's containers can have in common. */
export type PodNamespace = 'cgroup' | 'ipc' | 'net' | 'pid' | 'user' | 'uts'

/** What was decided when the pod was created. Its containers say themselves that they belong to it. */
export interface PodConfig extends Versioned {
  /** 64 hex digits. */
  readonly id: string
  readonly name: string
  /** RFC 3339 with nanoseconds. */
  readonly createdAt: string
  readonly labels: Readonly<Record<string, string>>
  readonly createCommand?: readonly string[]
  /** Holds the namespaces open; absent with `--infra=false`. */
  readonly infraID?: string
  readonly shared: readonly PodNamespace[]
  /** `continue`, or `stop` with the last of its containers. */
  readonly exitPolicy: 'continue' | 'stop'
  readonly hostname: string
  /** The cgroup above the pod's, and the pod's own; both empty where containers are elsewhere. */
  readonly cgroupParent: string
  readonly cgroupPath: string
  readonly restartPolicy?: RestartPolicy
  /** Limits of all of its containers together, written to its cgroup. */
  readonly resources?: ResourcesTemplate
  /** Its containers share a virtual machine, whose size bounds their memory. Recorded where there are limits. */
  readonly isMachine?: boolean
}

export type PodStatus = 'Created' | 'Running' | 'Degraded' | 'Paused' | 'Stopped' | 'Exited' | 'Error'

/** A pod's container, as listings of pods show it. */
export interface PodMember {
  readonly id: string
  readonly name: string
  /** As `ps` names it: created, running, exited, … */
  readonly status: string
  readonly isInfra: boolean
  readonly initContainer?: InitContainerType
  readonly restartCount: number
}
