import type {SpecTemplate} from '../../oci/spec/spec-template.ts'
import type {SlirpOptions} from './slirp-options.ts'

/** `once` goes after its first run, `always` runs with every start of the pod. */
export type InitContainerType = 'always' | 'once'

export const containerConfigVersion = 1

/** What listings read of a container: a small document of its own. */
export interface ContainerSummary {
  readonly version: number
  /** 64 hex digits. */
  readonly id: string
  readonly name: string
  /** RFC 3339 with nanoseconds. */
  readonly createdAt: string
  /** Absent for a container made with `--rootfs`. */
  readonly image?: ContainerImage
  /** What PID 1 runs: entrypoint and command together. */
  readonly command: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly pod?: string
  readonly isInfra: boolean
  /** An init container of its pod: runs to its end before the others start. */
  readonly initContainer?: InitContainerType
  /** Names of the networks it joins; empty for `none`, `host` and shared namespaces. */
  readonly networks: readonly string[]
  readonly ports: readonly PortMapping[]
  /** ID of the container whose network namespace it is in. */
  readonly networkOf?: string
  /** `80/tcp`, as the image and `--expose` name them. */
  readonly exposedPorts: readonly string[]
  /** Destination of every mount asked for, and the volume or host path behind it. */
  readonly mountPoints: readonly {readonly destination: string; readonly source: string}[]
  /** IDs of the containers that must exist and run: `--requires` and shared namespaces. */
  readonly dependencies: readonly string[]
  readonly autoRemove: boolean
  readonly restartPolicy: RestartPolicy
  readonly hasHealthcheck: boolean
}

/**
 * Everything that was decided when the container was created. Written once; a change means a new container (`rename` and
 * `update` replace the document as a whole). Groups that config.json is made from are those of `SpecTemplate`.
 */
export interface ContainerConfig extends ContainerSummary, SpecTemplate {
  /** A root filesystem of the user's own (`--rootfs`). */
  readonly rootfs?: {readonly path: string; readonly overlay: boolean; readonly idmap?: string}
  /** Name or path of the OCI runtime. */
  readonly runtime: string
  readonly createCommand?: readonly string[]
  /** As `inspect` shows them; `process.args` is what runs. */
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
  readonly stdinOpen: boolean
  readonly log: LogConfig
  readonly stopSignal: number
  readonly stopTimeoutSeconds: number
  /** Seconds after which the container is killed; 0 never. */
  readonly timeoutSeconds: number
  readonly network: NetworkConfig
  readonly volumesFrom: readonly string[]
  readonly imageVolumes: readonly string[]
  readonly healthcheck?: Healthcheck
  readonly startupHealthcheck?: StartupHealthcheck
  readonly healthOnFailure: 'none' | 'kill' | 'restart' | 'stop'
  readonly healthLog: {readonly destination: string; readonly maxCount: number; readonly maxSize: number}
  readonly autoRemoveImage: boolean
  /** The shorthands in this request that `inspect` repeats. */
  readonly initRequested: boolean
  readonly publishAll: boolean
  readonly cidFile?: string
  readonly conmonPidFile?: string
  readonly pidFile?: string
  readonly sdnotify: {readonly mode: 'container' | 'conmon' | 'healthy' | 'ignore'; readonly socket?: string}
}

export interface ContainerImage {
  /** 64 hex digits. */
  readonly id: string
  /** With registry and tag, e.g. `localhost/busybox:latest`; the id when it has no name. */
  readonly name: string
  /** As the user wrote it. */
  readonly rawName: string
  readonly digest?: string
  /** Chain id of its top layer; absent for an image without layers. */
  readonly topLayer?: `sha256:${string}`
}

export interface RestartPolicy {
  readonly name: 'no' | 'always' | 'on-failure' | 'unless-stopped'
  /** 0 for no limit. */
  readonly maximumRetries: number
  /** Whether `--restart` was given: `inspect` prints an empty name otherwise. */
  readonly given: boolean
}

export interface LogConfig {
  readonly driver: 'k8s-file' | 'json-file' | 'journald' | 'none' | 'passthrough' | 'passthrough-tty'
  /** Empty for the default place in the container's directory. */
  readonly path: string
  /** Bytes; -1 for no limit. */
  readonly maxSize: number
  readonly tag: string
}

export interface PortMapping {
  readonly hostIP: string
  readonly hostPort: number
  readonly containerPort: number
  /** Number of successive ports. */
  readonly range: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
}

/** How the container's network namespace is filled; which namespace it is, `namespaces.network` says. */
export interface NetworkConfig {
  /** `bridge`, `none`, `host`, `container:ID`, `ns:PATH`, `private`, … as `inspect` shows it. */
  readonly mode: string
  readonly attachments: readonly NetworkAttachment[]
  /** With the mode `slirp4netns`. */
  readonly slirp?: SlirpOptions
}

export interface NetworkAttachment {
  readonly network: string
  readonly staticIPs: readonly string[]
  readonly staticMAC?: string
  readonly aliases: readonly string[]
  readonly interfaceName?: string
  readonly options: Readonly<Record<string, string>>
}

/** Times in nanoseconds, as the image format has them. */
export interface Healthcheck {
  /** `NONE`, `CMD`, `CMD-SHELL` first. */
  readonly test: readonly string[]
  readonly intervalNs: number
  readonly timeoutNs: number
  readonly startPeriodNs: number
  readonly retries: number
}

export interface StartupHealthcheck extends Healthcheck {
  readonly successes: number
}

/** The part of a config that listings read. */
export function summaryOf(config: ContainerConfig): ContainerSummary {
  const {network} = config.namespaces
  const {version, id, name, createdAt, image, command, labels, pod, isInfra, networks, ports, exposedPorts} = config
  const {mountPoints, dependencies, autoRemove, restartPolicy, hasHealthcheck, initContainer} = config
  return {
    ...{version, id, name, createdAt, image, command, labels, pod, isInfra, networks, ports, exposedPorts},
    ...{mountPoints, dependencies, autoRemove, restartPolicy, hasHealthcheck},
    ...(initContainer && {initContainer}),
    ...(network.mode === 'container' && {networkOf: network.container}),
  }
}
