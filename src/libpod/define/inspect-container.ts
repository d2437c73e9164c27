/**
 * `container inspect` as podman prints it: keys are the JSON's, in its order. Times are RFC 3339; a key that podman leaves
 * out when empty is optional.
 * @see podman libpod/define/container_inspect.go for the meaning of each field
 */
export interface InspectContainer {
  readonly Id: string
  readonly Created: string
  readonly Path: string
  readonly Args: readonly string[]
  readonly State: InspectState
  readonly Image: string
  readonly ImageDigest: string
  readonly ImageName: string
  readonly Rootfs: string
  readonly Pod: string
  readonly ResolvConfPath: string
  readonly HostnamePath: string
  readonly HostsPath: string
  readonly StaticDir: string
  readonly OCIConfigPath?: string
  readonly OCIRuntime?: string
  readonly ConmonPidFile: string
  readonly PidFile: string
  readonly Name: string
  readonly RestartCount: number
  readonly Driver: string
  readonly MountLabel: string
  readonly ProcessLabel: string
  readonly AppArmorProfile: string
  readonly EffectiveCaps: readonly string[] | null
  readonly BoundingCaps: readonly string[] | null
  readonly ExecIDs: readonly string[]
  readonly GraphDriver: {readonly Name: string; readonly Data: Readonly<Record<string, string>> | null}
  readonly SizeRw?: number
  readonly SizeRootFs?: number
  readonly Mounts: readonly InspectMount[]
  readonly Dependencies: readonly string[]
  readonly NetworkSettings: InspectNetworkSettings
  readonly Namespace: string
  readonly IsInfra: boolean
  readonly IsService: boolean
  readonly KubeExitCodePropagation: string
  readonly lockNumber: number
  readonly Config: InspectConfig
  readonly HostConfig: InspectHostConfig
  readonly UseImageHosts: boolean
  readonly UseImageHostname: boolean
}

export interface InspectState {
  readonly OciVersion: string
  readonly Status: string
  readonly Running: boolean
  readonly Paused: boolean
  readonly Restarting: boolean
  readonly OOMKilled: boolean
  readonly Dead: boolean
  readonly Pid: number
  readonly ConmonPid?: number
  readonly ExitCode: number
  readonly Error: string
  readonly StartedAt: string
  readonly FinishedAt: string
  readonly Health?: InspectHealth
  readonly Checkpointed?: boolean
  readonly CgroupPath?: string
  readonly CheckpointedAt: string
  readonly RestoredAt: string
  readonly CheckpointLog?: string
  readonly CheckpointPath?: string
  readonly RestoreLog?: string
  readonly Restored?: boolean
  readonly StoppedByUser?: boolean
}

export interface InspectHealth {
  readonly Status: string
  readonly FailingStreak: number
  readonly Log: readonly InspectHealthLog[] | null
}

export interface InspectHealthLog {
  readonly Start: string
  readonly End: string
  readonly ExitCode: number
  readonly Output: string
}

export interface InspectMount {
  readonly Type: string
  readonly Name?: string
  readonly Source: string
  readonly Destination: string
  readonly Driver: string
  readonly Mode: string
  readonly Options: readonly string[]
  readonly RW: boolean
  readonly Propagation: string
  readonly SubPath?: string
}

export interface InspectAddress {
  readonly Addr: string
  readonly PrefixLength: number
}

export interface InspectBasicNetwork {
  readonly EndpointID: string
  readonly Gateway: string
  readonly IPAddress: string
  readonly IPPrefixLen: number
  readonly SecondaryIPAddresses?: readonly InspectAddress[]
  readonly IPv6Gateway: string
  readonly GlobalIPv6Address: string
  readonly GlobalIPv6PrefixLen: number
  readonly SecondaryIPv6Addresses?: readonly InspectAddress[]
  readonly MacAddress: string
  readonly AdditionalMACAddresses?: readonly string[]
}

export interface InspectNetworkSettings extends InspectBasicNetwork {
  readonly Bridge: string
  readonly SandboxID: string
  readonly HairpinMode: boolean
  readonly LinkLocalIPv6Address: string
  readonly LinkLocalIPv6PrefixLen: number
  readonly Ports: Readonly<Record<string, readonly InspectHostPort[] | null>>
  readonly SandboxKey: string
  readonly Networks?: Readonly<Record<string, InspectNetwork>>
}

export interface InspectNetwork extends InspectBasicNetwork {
  readonly NetworkID?: string
  readonly DriverOpts: Readonly<Record<string, string>> | null
  readonly IPAMConfig: Readonly<Record<string, string>> | null
  readonly Links: readonly string[] | null
  readonly Aliases?: readonly string[]
}

export interface InspectHostPort {
  readonly HostIp: string
  readonly HostPort: string
}

export interface InspectHealthcheck {
  readonly Test?: readonly string[]
  readonly StartPeriod?: number
  readonly StartInterval?: number
  readonly Interval?: number
  readonly Timeout?: number
  readonly Retries?: number
}

export interface InspectConfig {
  readonly Hostname: string
  readonly Domainname: string
  readonly User: string
  readonly AttachStdin: boolean
  readonly AttachStdout: boolean
  readonly AttachStderr: boolean
  readonly Tty: boolean
  readonly OpenStdin: boolean
  readonly StdinOnce: boolean
  readonly Env: readonly string[] | null
  readonly Cmd: readonly string[] | null
  readonly Image: string
  readonly Volumes: Readonly<Record<string, object>> | null
  readonly WorkingDir: string
  readonly Entrypoint: readonly string[] | null
  readonly OnBuild: string | null
  readonly Labels: Readonly<Record<string, string>> | null
  readonly Annotations: Readonly<Record<string, string>> | null
  readonly StopSignal: string
  readonly StartupHealthCheck?: InspectHealthcheck & {readonly Successes?: number}
  readonly Healthcheck?: InspectHealthcheck
  readonly HealthcheckOnFailureAction?: string
  readonly HealthLogDestination?: string
  readonly HealthcheckMaxLogCount?: number
  readonly HealthcheckMaxLogSize?: number
  readonly CreateCommand?: readonly string[]
  readonly Timezone?: string
  readonly SystemdMode?: boolean
  readonly Umask?: string
  readonly Secrets?: readonly InspectSecret[]
  readonly Timeout: number
  readonly StopTimeout: number
  readonly Passwd?: boolean
  readonly ChrootDirs?: readonly string[]
  readonly sdNotifyMode?: string
  readonly sdNotifySocket?: string
  readonly ExposedPorts?: Readonly<Record<string, object>>
}

export interface InspectSecret {
  readonly Name: string
  readonly ID: string
  readonly UID: number
  readonly GID: number
  readonly Mode: number
}

export interface InspectHostConfig {
  readonly Binds: readonly string[]
  readonly CgroupManager?: string
  readonly CgroupMode: string
  readonly ContainerIDFile: string
  readonly LogConfig: InspectLogConfig
  readonly NetworkMode: string
  readonly PortBindings: Readonly<Record<string, readonly InspectHostPort[] | null>>
  readonly RestartPolicy: {readonly Name: string; readonly MaximumRetryCount: number}
  readonly AutoRemove: boolean
  readonly AutoRemoveImage: boolean
  readonly Annotations: Readonly<Record<string, string>>
  readonly VolumeDriver: string
  readonly VolumesFrom: readonly string[] | null
  readonly CapAdd: readonly string[]
  readonly CapDrop: readonly string[]
  readonly Dns: readonly string[]
  readonly DnsOptions: readonly string[]
  readonly DnsSearch: readonly string[]
  readonly ExtraHosts: readonly string[]
  readonly HostsFile: string
  readonly GroupAdd: readonly string[]
  readonly IpcMode: string
  readonly Cgroup: string
  readonly Cgroups: string
  readonly Links: readonly string[] | null
  readonly OomScoreAdj: number
  readonly PidMode: string
  readonly Privileged: boolean
  readonly PublishAllPorts: boolean
  readonly ReadonlyRootfs: boolean
  readonly SecurityOpt: readonly string[]
  readonly Tmpfs: Readonly<Record<string, string>>
  readonly UTSMode: string
  readonly UsernsMode: string
  readonly IDMappings?: {readonly UidMap: readonly string[]; readonly GidMap: readonly string[]}
  readonly ShmSize: number
  readonly Runtime: string
  readonly ConsoleSize: readonly number[]
  readonly Isolation: string
  readonly CpuShares: number
  readonly Memory: number
  readonly NanoCpus: number
  readonly CgroupParent: string
  readonly BlkioWeight: number
  readonly BlkioWeightDevice: readonly {readonly Path: string; readonly Weight: number}[] | null
  readonly BlkioDeviceReadBps: readonly InspectThrottle[] | null
  readonly BlkioDeviceWriteBps: readonly InspectThrottle[] | null
  readonly BlkioDeviceReadIOps: readonly InspectThrottle[] | null
  readonly BlkioDeviceWriteIOps: readonly InspectThrottle[] | null
  readonly CpuPeriod: number
  readonly CpuQuota: number
  readonly CpuRealtimePeriod: number
  readonly CpuRealtimeRuntime: number
  readonly CpusetCpus: string
  readonly CpusetMems: string
  readonly Devices: readonly InspectDevice[]
  readonly DiskQuota: number
  readonly KernelMemory: number
  readonly MemoryReservation: number
  readonly MemorySwap: number
  readonly MemorySwappiness: number
  readonly OomKillDisable: boolean
  readonly Init?: boolean
  readonly PidsLimit: number
  readonly Ulimits: readonly {readonly Name: string; readonly Soft: number; readonly Hard: number}[]
  readonly CpuCount: number
  readonly CpuPercent: number
  readonly IOMaximumIOps: number
  readonly IOMaximumBandwidth: number
  readonly CgroupConf: Readonly<Record<string, string>> | null
  readonly IntelRdtClosID?: string
}

export interface InspectLogConfig {
  readonly Type: string
  readonly Config: Readonly<Record<string, string>> | null
  readonly Path: string
  readonly Tag: string
  readonly Size: string
}

export interface InspectThrottle {
  readonly Path: string
  readonly Rate: number
}

export interface InspectDevice {
  readonly PathOnHost: string
  readonly PathInContainer: string
  readonly CgroupPermissions: string
}
