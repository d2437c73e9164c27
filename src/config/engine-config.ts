/**
 * The engine's configuration: containers.conf, storage.conf, berth.conf, environment and global options merged, resolved
 * once and frozen. Paths are absolute. `loadConfig` makes it.
 *
 * @see containers.conf(5), storage.conf(5)
 */
export interface EngineConfig {
  /** Persistent data: state DB, layers, images, volumes, logs. */
  readonly root: string
  /** Per-boot data on a tmpfs: states, mounts, sockets, locks. */
  readonly runRoot: string
  /** Directory for downloads and builds. */
  readonly temporaryDirectory: string
  readonly rootless: boolean
  readonly logLevel: LogLevel
  /** What commands that nobody watches have to say also goes to the host's log. */
  readonly syslog: boolean
  readonly storage: StorageConfig
  readonly engine: EngineSection
  readonly containers: ContainersSection
  readonly network: NetworkSection
  readonly secrets: SecretsSection
  readonly machine: MachineSection
  /** The files that were read, lowest precedence first. */
  readonly files: readonly string[]
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'panic'

export interface StorageConfig {
  readonly driver: 'overlay' | 'vfs'
  /** Mount options of overlay, e.g. `nodev`. */
  readonly mountOptions: readonly string[]
  /** fuse-overlayfs or the like; undefined mounts natively. */
  readonly mountProgram?: string
  /** `--storage-opt` and `[storage.options]`, for `info`. */
  readonly options: readonly string[]
  readonly transient: boolean
  readonly autoUserns: {readonly user: string; readonly minSize: number; readonly maxSize: number}
}

/** `[engine]` */
export interface EngineSection {
  /** Name or path of the default OCI runtime. */
  readonly runtime: string
  /** Candidate paths by runtime name; the first that exists is used, then $PATH. */
  readonly runtimes: Readonly<Record<string, readonly string[]>>
  /** Arguments put before the runtime's command, `--runtime-flag` included; without leading dashes. */
  readonly runtimeFlags: readonly string[]
  readonly runtimesWithoutCgroups: readonly string[]
  /** Candidate paths of conmon; the first that exists is used, then $PATH. */
  readonly conmonPaths: readonly string[]
  readonly conmonEnv: readonly string[]
  readonly cgroupManager: 'cgroupfs' | 'systemd'
  readonly eventsLogger: 'file' | 'journald' | 'none'
  readonly eventsLogfilePath?: string
  readonly eventsLogfileMaxBytes: number
  readonly eventsContainerCreateInspectData: boolean
  readonly healthcheckEvents: boolean
  readonly detachKeys: string
  readonly helperBinaryDirs: readonly string[]
  /** slirp4netns; empty for that of $PATH. */
  readonly networkCommandPath: string
  readonly hooksDirs: readonly string[]
  readonly cdiSpecDirs: readonly string[]
  readonly imageParallelCopies: number
  readonly imageVolumeMode: 'anonymous' | 'tmpfs' | 'ignore'
  readonly compressionFormat: string
  readonly compressionLevel?: number
  readonly infraImage: string
  readonly infraCommand: string
  readonly podExitPolicy: 'continue' | 'stop'
  readonly multiImageArchive: boolean
  readonly namespace: string
  readonly noPivotRoot: boolean
  readonly pullPolicy: 'always' | 'missing' | 'never' | 'newer'
  readonly retry: number
  readonly retryDelay: string
  readonly env: readonly string[]
  readonly stopTimeoutSeconds: number
  readonly volumePath: string
  readonly volumePlugins: Readonly<Record<string, string>>
  readonly volumePluginTimeoutSeconds: number
  readonly platformToRuntime: Readonly<Record<string, string>>
}

/** `[containers]`: what a container gets unless its request says otherwise. */
export interface ContainersSection {
  readonly annotations: readonly string[]
  readonly apparmorProfile: string
  readonly baseHostsFile: string
  readonly cgroupConf: readonly string[]
  readonly cgroupns?: string
  readonly cgroups: string
  readonly containerNameAsHostname: boolean
  /** Names with CAP_, sorted. */
  readonly defaultCapabilities: readonly string[]
  readonly defaultSysctls: readonly string[]
  /** `name=soft:hard`; not yet clamped to what this host allows. */
  readonly defaultUlimits: readonly string[]
  readonly devices: readonly string[]
  readonly dnsOptions: readonly string[]
  readonly dnsSearches: readonly string[]
  readonly dnsServers: readonly string[]
  readonly env: readonly string[]
  readonly envHost: boolean
  readonly hostContainersInternalIP: string
  readonly httpProxy: boolean
  readonly init: boolean
  readonly initPath: string
  readonly interfaceName: string
  readonly ipcns: string
  readonly keyring: boolean
  readonly logDriver: 'k8s-file' | 'json-file' | 'journald' | 'none' | 'passthrough' | 'passthrough-tty'
  /** Bytes; -1 for no limit. */
  readonly logSizeMax: number
  readonly logTag: string
  readonly mounts: readonly string[]
  readonly netns: string
  readonly noHosts: boolean
  readonly oomScoreAdj?: number
  readonly pidns: string
  /** -1 for no limit. */
  readonly pidsLimit: number
  readonly prepareVolumeOnCreate: boolean
  readonly privileged: boolean
  readonly readOnly: boolean
  /** Path of the profile, `unconfined`, or undefined for the first of the usual places that exists. */
  readonly seccompProfile?: string
  readonly shmSizeBytes: number
  readonly tz: string
  readonly umask: string
  readonly userns: string
  readonly utsns: string
  readonly volumes: readonly string[]
}

/** `[network]` */
export interface NetworkSection {
  readonly backend: 'netavark'
  readonly firewallDriver: string
  readonly defaultNetwork: string
  readonly defaultSubnet: string
  readonly defaultSubnetPools: readonly {readonly base: string; readonly size: number}[]
  readonly defaultRootlessCommand: string
  readonly configDir: string
  readonly dnsBindPort: number
}

/** `[secrets]` */
export interface SecretsSection {
  readonly driver: string
  readonly options: Readonly<Record<string, string>>
}

/** `[vm]` of berth.conf: what the VM runtime reads; passed on untouched. */
export type MachineSection = Readonly<Record<string, unknown>>
