import type {Resources} from '../types/runtime-spec.ts'

/**
 * What a container's config.json is made from, as fixed when the container was created: complete and immutable, so that
 * a start needs only this and what is true of that start (`StartContext`). Paths on the host are absolute.
 */
export interface SpecTemplate {
  readonly id: string
  readonly name: string
  readonly process: ProcessTemplate
  readonly security: SecurityTemplate
  readonly namespaces: NamespacesTemplate
  readonly hostname: HostnameTemplate
  readonly hostsFile: HostsTemplate
  readonly dns: DnsTemplate
  readonly mounts: readonly MountTemplate[]
  readonly devices: readonly DeviceTemplate[]
  /** Devices by the names their vendors gave them (CDI): `vendor.com/class=device`. What they are is looked up at each start. */
  readonly cdiDevices?: readonly string[]
  readonly deviceCgroupRules: readonly DeviceRule[]
  readonly resources: ResourcesTemplate
  readonly cgroup: CgroupTemplate
  readonly shmSizeBytes: number
  readonly sysctl: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly secrets: readonly SecretTemplate[]
  /** Directories inside the container that get /etc/hosts, resolv.conf and hostname as well (`--chrootdirs`). */
  readonly chrootDirs: readonly string[]
  readonly intelRdtClosID?: string
  readonly personality?: string
}

export interface ProcessTemplate {
  /** Entrypoint and command together; never empty. */
  readonly args: readonly string[]
  /** `KEY=VALUE`, in the order the process gets them; HOME is added at start from the image's passwd. */
  readonly env: readonly string[]
  readonly terminal: boolean
  /** As asked: `user[:group]`, names or numbers; empty is root. */
  readonly user: string
  readonly groupAdd: readonly string[]
  readonly workdir: string
  /** The request named the directory: it must exist. One from the image is made. */
  readonly workdirRequired: boolean
  /** Octal text, e.g. `0022`. */
  readonly umask: string
  /** IANA name, or `local`. */
  readonly timezone?: string
  readonly oomScoreAdj?: number
  readonly rlimits: readonly RlimitTemplate[]
  readonly noNewPrivileges: boolean
  /** Host path of the init program that becomes PID 1. */
  readonly initPath?: string
  /** systemd is PID 1: its mounts and stop signal. */
  readonly systemd: boolean
  /** Size of the tmpfs on /run and /run/lock in systemd mode; undefined for the kernel's default. */
  readonly systemdTmpfsBytes?: number
  /** Entries of /etc/passwd and /etc/group may be added (`--passwd`). */
  readonly addPasswdEntry: boolean
  readonly passwdEntry?: string
  readonly groupEntry?: string
  /** Host users whose passwd entries are added (`--hostuser`). */
  readonly hostUsers: readonly string[]
}

export interface RlimitTemplate {
  /** `RLIMIT_*` */
  readonly type: string
  /** -1 for no limit. */
  readonly soft: number
  readonly hard: number
  /** From the configuration, not asked for: lowered to what the host allows instead of failing. */
  readonly byDefault: boolean
}

export interface SecurityTemplate {
  readonly privileged: boolean
  readonly readOnlyRootfs: boolean
  /** A read-only container still gets tmpfs on /tmp, /run and /var/tmp, and a writable /dev. */
  readonly readOnlyTmpfs: boolean
  /** Names with CAP_, sorted: what a root process gets. */
  readonly capabilities: readonly string[]
  /** What `--cap-add` named: a user other than root gets these. */
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly seccomp: SeccompTemplate
  /** Nothing but programs of the machine's own architecture is to run: calls of its others are not let through. */
  readonly nativeOnly?: true
  readonly apparmorProfile?: string
  readonly selinux: {readonly disabled: boolean; readonly options: readonly string[]; readonly nested: boolean}
  readonly maskedPaths: readonly string[]
  readonly readonlyPaths: readonly string[]
  /** /sys/fs/cgroup may be written (privileged, or unmasked). */
  readonly cgroupWritable: boolean
  /** Options of the /proc mount, e.g. `hidepid=2`. */
  readonly procOptions: readonly string[]
  /** `--security-opt` as `inspect` shows it. */
  readonly securityOpt: readonly string[]
}

export type SeccompTemplate =
  | {readonly kind: 'unconfined'}
  | {readonly kind: 'default'; readonly path: string}
  /** The profile's text, read when the container was created. */
  | {readonly kind: 'profile'; readonly source: string; readonly json: string}

export type NamespaceTemplate =
  | {readonly mode: 'private' | 'host' | 'shareable' | 'none' | 'pod'}
  | {readonly mode: 'container'; readonly container: string}
  | {readonly mode: 'path'; readonly path: string}

export interface NamespacesTemplate {
  readonly pid: NamespaceTemplate
  readonly ipc: NamespaceTemplate
  readonly uts: NamespaceTemplate
  readonly network: NamespaceTemplate
  readonly cgroup: NamespaceTemplate
  readonly user: UserNamespaceTemplate
}

export type UserNamespaceTemplate = (
  | {readonly mode: 'host'}
  | {readonly mode: 'private' | 'auto' | 'keep-id' | 'nomap'; readonly options?: string}
  | {readonly mode: 'container'; readonly container: string}
  | {readonly mode: 'path'; readonly path: string}
) & {readonly uidMap: readonly IDMap[]; readonly gidMap: readonly IDMap[]}

export interface IDMap {
  readonly containerID: number
  readonly hostID: number
  readonly size: number
}

export interface HostnameTemplate {
  /** What `--hostname` said; empty when it was not given. */
  readonly requested: string
  /** What the kernel is told; empty when the UTS namespace is shared. */
  readonly effective: string
  /** /etc/hostname comes from us, not from the image. */
  readonly manageFile: boolean
}

export interface HostsTemplate {
  readonly manage: boolean
  /** `HOST:IP`, or `HOST:host-gateway`. */
  readonly extraHosts: readonly string[]
  /** Host path of the base file, `image`, `none`, or empty for the host's own. */
  readonly base: string
}

export interface DnsTemplate {
  /** `none` as a server: the image's resolv.conf stays. */
  readonly servers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

/** One mount of the request, in the order asked; later stages sort by destination. */
export type MountTemplate =
  | BindMount
  | TmpfsMount
  | VolumeMount
  | ImageMount
  | {readonly type: 'devpts'; readonly destination: string; readonly options: readonly string[]}

export interface BindMount {
  readonly type: 'bind'
  readonly source: string
  readonly destination: string
  /** Words of mount(8) and podman, e.g. `ro`, `rslave`, `rbind`; always one of `bind` and `rbind`. */
  readonly options: readonly string[]
  /** `:O`: writes go to a directory thrown away with the container, or to these. */
  readonly overlay?: {readonly upperDir?: string; readonly workDir?: string}
  readonly chown: boolean
  readonly subpath?: string
}

export interface TmpfsMount {
  readonly type: 'tmpfs' | 'ramfs'
  readonly destination: string
  readonly options: readonly string[]
  readonly chown: boolean
}

export interface VolumeMount {
  readonly type: 'volume'
  /** Of a named or, 64 digits, an anonymous volume. */
  readonly name: string
  readonly anonymous: boolean
  readonly destination: string
  readonly options: readonly string[]
  readonly overlay?: {readonly upperDir?: string; readonly workDir?: string}
  readonly chown: boolean
  readonly subpath?: string
  /** Given to `volume create` by who finds that there is none. */
  readonly volumeOptions?: Readonly<Record<string, string>>
}

export interface ImageMount {
  readonly type: 'image'
  /** ID of the image, and what the request called it. */
  readonly image: string
  readonly source: string
  readonly destination: string
  readonly readWrite: boolean
  readonly subpath?: string
}

export interface DeviceTemplate {
  readonly source: string
  readonly destination: string
  /** Letters of `rwm`. */
  readonly permissions: string
}

export interface DeviceRule {
  readonly type: string
  /** -1 for any. */
  readonly major: number
  readonly minor: number
  readonly access: string
}

/** The OCI limits, less the devices; weights and rates keep the path they were asked for. */
export interface ResourcesTemplate {
  readonly memory?: Readonly<NonNullable<Resources['memory']>>
  readonly cpu?: Readonly<NonNullable<Resources['cpu']>>
  /** As asked by `--cpus`, in billionths. */
  readonly nanoCpus?: number
  readonly pidsLimit?: number
  readonly blockIO?: BlockIOTemplate
  readonly unified?: Readonly<Record<string, string>>
}

export interface BlockIOTemplate {
  readonly weight?: number
  readonly weightDevice: readonly {readonly path: string; readonly weight: number}[]
  readonly readBps: readonly DeviceRate[]
  readonly writeBps: readonly DeviceRate[]
  readonly readIOps: readonly DeviceRate[]
  readonly writeIOps: readonly DeviceRate[]
}

export interface DeviceRate {
  readonly path: string
  readonly rate: number
}

export interface CgroupTemplate {
  readonly mode: 'enabled' | 'disabled' | 'no-conmon' | 'split'
  /** Empty for the default: `/libpod_parent` with cgroupfs, `machine.slice` with systemd. */
  readonly parent: string
}

export interface SecretTemplate {
  readonly id: string
  readonly name: string
  readonly kind: 'mount' | 'env'
  /** File path inside the container, or the variable's name. */
  readonly target: string
  readonly uid: number
  readonly gid: number
  readonly mode: number
}
