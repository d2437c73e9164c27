import type {
  Healthcheck,
  InitContainerType,
  LogConfig,
  NetworkAttachment,
  PortMapping,
} from '../libpod/define/container-config.ts'
import type {DeviceRate, DeviceRule, DeviceTemplate, IDMap, MountTemplate} from '../libpod/define/spec-vocabulary.ts'

/**
 * A container as asked for: the command line, the API and kube YAML each make one. What is left out comes from the image,
 * then from containers.conf. Words are checked by `generateContainer`, which turns it into a `ContainerConfig`.
 */
export interface ContainerRequest {
  /** Reference or id of an image in the store; exactly one of `image` and `rootfs`. */
  readonly image?: string
  readonly rootfs?: {readonly path: string; readonly overlay: boolean; readonly idmap?: string}
  readonly name?: string
  readonly pod?: string
  readonly initContainer?: InitContainerType
  /** What its pod mounts into all of its containers. */
  readonly podMounts?: readonly MountTemplate[]
  readonly runtime?: string
  readonly createCommand?: readonly string[]

  /** Replaces the image's; an empty list clears it. */
  readonly entrypoint?: readonly string[]
  /** Replaces the image's when not empty. */
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Variables of the caller, beneath every other (`--env-host`); false for none, whatever containers.conf says. */
  readonly hostEnv?: Readonly<Record<string, string>> | false
  /** `KEY=value with ${OTHER}` of the image's variables (`--env-merge`). */
  readonly envMerge?: readonly string[]
  readonly unsetEnv?: readonly string[]
  readonly unsetEnvAll?: boolean
  readonly httpProxy?: boolean
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly user?: string
  readonly groupAdd?: readonly string[]
  readonly hostUsers?: readonly string[]
  readonly passwd?: boolean
  readonly passwdEntry?: string
  readonly groupEntry?: string
  readonly workdir?: string
  readonly umask?: string
  readonly timezone?: string
  readonly terminal?: boolean
  readonly stdin?: boolean
  readonly init?: boolean
  readonly initPath?: string
  readonly systemd?: 'true' | 'false' | 'always'
  readonly personality?: string
  readonly oomScoreAdj?: number

  readonly hostname?: string
  readonly noHostname?: boolean
  readonly extraHosts?: readonly string[]
  readonly noHosts?: boolean
  readonly hostsFile?: string
  readonly dnsServers?: readonly string[]
  readonly dnsSearches?: readonly string[]
  readonly dnsOptions?: readonly string[]

  /** Mode words: `private`, `host`, `container:NAME`, `ns:PATH`, … */
  readonly pidns?: string
  readonly ipcns?: string
  readonly utsns?: string
  readonly cgroupns?: string
  readonly userns?: string
  readonly uidMap?: readonly IDMap[]
  readonly gidMap?: readonly IDMap[]
  readonly subUidName?: string
  readonly subGidName?: string
  readonly network?: NetworkRequest
  readonly ports?: readonly PortMapping[]
  readonly publishAll?: boolean
  readonly expose?: readonly string[]

  readonly mounts?: readonly MountRequest[]
  readonly volumesFrom?: readonly string[]
  readonly imageVolumeMode?: 'anonymous' | 'tmpfs' | 'ignore'
  readonly readOnly?: boolean
  readonly readOnlyTmpfs?: boolean
  readonly shmSizeBytes?: number
  readonly shmSizeSystemdBytes?: number
  readonly secrets?: readonly SecretRequest[]
  readonly chrootDirs?: readonly string[]

  readonly devices?: readonly DeviceTemplate[]
  /** `vendor.com/class=device` */
  readonly cdiDevices?: readonly string[]
  readonly deviceCgroupRules?: readonly DeviceRule[]
  readonly resources?: ResourcesRequest
  readonly cgroups?: 'enabled' | 'disabled' | 'no-conmon' | 'split'
  readonly cgroupParent?: string
  readonly cgroupConf?: Readonly<Record<string, string>>
  readonly intelRdtClosID?: string
  readonly sysctl?: Readonly<Record<string, string>>
  readonly ulimits?: readonly UlimitRequest[]

  readonly privileged?: boolean
  readonly capAdd?: readonly string[]
  readonly capDrop?: readonly string[]
  readonly security?: SecurityRequest
  readonly seccompPolicy?: 'default' | 'image'

  readonly log?: Partial<LogConfig>
  readonly restart?: {readonly name: string; readonly maximumRetries?: number}
  readonly stopSignal?: string
  readonly stopTimeoutSeconds?: number
  readonly timeoutSeconds?: number
  readonly autoRemove?: boolean
  readonly autoRemoveImage?: boolean
  readonly requires?: readonly string[]
  readonly replace?: boolean
  readonly cidFile?: string
  readonly conmonPidFile?: string
  readonly pidFile?: string
  readonly sdnotify?: 'container' | 'conmon' | 'healthy' | 'ignore'
  readonly health?: HealthRequest
}

export interface NetworkRequest {
  /** `none`, `host`, `private`, `bridge`, `container:NAME`, `ns:PATH`, `slirp4netns`, `pasta`. */
  readonly mode: string
  readonly options?: readonly string[]
  readonly attachments?: readonly NetworkAttachment[]
  /** No network is named: there are only options of one, as `--ip`. */
  readonly isUnnamed?: true
}

export type MountRequest =
  | {
      readonly type: 'bind' | 'volume' | 'glob'
      /** Empty with `volume`: an anonymous one. */
      readonly source: string
      readonly destination: string
      readonly options: readonly string[]
      readonly overlay?: {readonly upperDir?: string; readonly workDir?: string}
      readonly chown?: boolean
      readonly subpath?: string
      /** With `volume`: what `volume create` is given when there is none of that name. */
      readonly volumeOptions?: Readonly<Record<string, string>>
      /** `-v` makes a missing host directory an error of its own wording; `--mount` likewise. */
      readonly origin: 'volume' | 'mount'
    }
  | {
      readonly type: 'tmpfs' | 'ramfs'
      readonly destination: string
      readonly options: readonly string[]
      readonly chown?: boolean
    }
  | {readonly type: 'devpts'; readonly destination: string; readonly options: readonly string[]}
  | {
      readonly type: 'image'
      readonly source: string
      readonly destination: string
      readonly readWrite: boolean
      readonly subpath?: string
    }

export interface SecretRequest {
  readonly name: string
  readonly kind: 'mount' | 'env'
  readonly target?: string
  readonly uid?: number
  readonly gid?: number
  readonly mode?: number
}

export interface ResourcesRequest {
  readonly memoryBytes?: number
  readonly memoryReservationBytes?: number
  /** -1 for no limit. */
  readonly memorySwapBytes?: number
  readonly memorySwappiness?: number
  readonly kernelMemoryBytes?: number
  readonly oomKillDisable?: boolean
  readonly cpus?: number
  readonly cpuPeriod?: number
  readonly cpuQuota?: number
  readonly cpuRealtimePeriod?: number
  readonly cpuRealtimeRuntime?: number
  readonly cpuShares?: number
  readonly cpusetCpus?: string
  readonly cpusetMems?: string
  readonly pidsLimit?: number
  readonly blkioWeight?: number
  readonly blkioWeightDevice?: readonly {readonly path: string; readonly weight: number}[]
  readonly readBps?: readonly DeviceRate[]
  readonly writeBps?: readonly DeviceRate[]
  readonly readIOps?: readonly DeviceRate[]
  readonly writeIOps?: readonly DeviceRate[]
}

/** `host` alone keeps the engine's limits. */
export type UlimitRequest = 'host' | {readonly type: string; readonly soft: number; readonly hard: number}

export interface SecurityRequest {
  readonly noNewPrivileges?: boolean
  readonly apparmor?: string
  /** Path, or `unconfined`. */
  readonly seccomp?: string
  readonly mask?: readonly string[]
  /** `ALL` or paths. */
  readonly unmask?: readonly string[]
  readonly label?: readonly string[]
  readonly procOptions?: readonly string[]
}

export interface HealthRequest {
  readonly disable?: boolean
  readonly check?: Partial<Healthcheck>
  readonly startup?: Partial<Healthcheck> & {readonly successes?: number}
  readonly onFailure?: 'none' | 'kill' | 'restart' | 'stop'
  readonly logDestination?: string
  readonly maxLogCount?: number
  readonly maxLogSize?: number
}
