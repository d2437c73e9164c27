import type {ProcessIdentity, Versioned} from '../../host/index.ts'
import type {Hooks} from '../../oci/types/runtime-spec.ts'
import type {MachineRecord} from '../hypervisor/hypervisor.ts'

/** Limits, as far as they count towards the size of a machine. 0: none. */
export interface Demand {
  readonly memoryMiB: number
  readonly vcpus: number
}

/** ready: made, not started. running. stopped: ended, or lost with its machine. */
export type Status = 'ready' | 'running' | 'stopped'

/** What a sandbox is: written once. */
export interface SandboxRecord extends Versioned {
  readonly id: string
  readonly createdAt: string
  /** The host's network namespace that the guest's interfaces stand for; absent when it has loopback only. */
  readonly networkNamespace?: string
  /** We made the namespace and have to remove it. */
  readonly ownsNetworkNamespace: boolean
  readonly share: '9p' | 'virtiofs'
}

/** How it stands: replaced as a whole by whoever holds the sandbox's lock. */
export interface SandboxState extends Versioned {
  readonly status: Status
  readonly machine?: MachineRecord
  readonly relay?: ProcessIdentity
  readonly shareServers?: readonly ProcessIdentity[]
  /** Interfaces that were joined to taps, to be set free again. */
  readonly taps: readonly {readonly link: string; readonly tap: string}[]
  /** What the machine was made with, and the limits of the sandbox's own container that this was made for. */
  readonly base?: {readonly memoryMiB: number; readonly vcpus: number; readonly demand: Demand}
  /** The host's cgroups of the machine: removed with it. */
  readonly cgroups?: readonly string[]
  /** Host source of each directory kept in guest memory for all containers, and its place there. */
  readonly guestVolumes: Readonly<Record<string, string>>
}

/** What a container is: written once. */
export interface ContainerRecord extends Versioned {
  readonly id: string
  readonly sandbox: string
  readonly kind: 'sandbox' | 'container'
  readonly bundle: string
  readonly ociVersion: string
  readonly rootfs: string
  readonly createdAt: string
  readonly owner: string
  readonly terminal: boolean
  readonly annotations: Readonly<Record<string, string>>
  readonly hooks: Pick<Hooks, 'poststart' | 'poststop'>
  readonly cgroups: readonly string[]
  /** Added to the machine for this container, taken away with it. */
  readonly devices: readonly string[]
}

export interface ContainerState extends Versioned {
  readonly status: Status
  readonly paused: boolean
  /** The process that stands for the container on the host. Absent while it is being made. */
  readonly relay?: ProcessIdentity
  readonly guestPid?: number
  readonly resources: Demand
}
