/** @see https://github.com/opencontainers/runtime-spec/blob/v1.1.0/config.md */
export interface Spec {
  ociVersion: string
  process?: Process
  root?: Root
  hostname?: string
  domainname?: string
  mounts?: Mount[]
  hooks?: Hooks
  annotations?: Record<string, string>
  linux?: Linux
}

/** @see https://github.com/opencontainers/runtime-spec/blob/v1.1.0/config.md#process */
export interface Process {
  terminal?: boolean
  consoleSize?: {height: number; width: number}
  user: User
  args?: string[]
  commandLine?: string
  env?: string[]
  cwd: string
  capabilities?: Capabilities
  rlimits?: Rlimit[]
  noNewPrivileges?: boolean
  apparmorProfile?: string
  oomScoreAdj?: number
  selinuxLabel?: string
  ioPriority?: {class: string; priority: number}
}

export interface User {
  uid: number
  gid: number
  umask?: number
  additionalGids?: number[]
  username?: string
}

export interface Capabilities {
  bounding?: string[]
  effective?: string[]
  inheritable?: string[]
  permitted?: string[]
  ambient?: string[]
}

export interface Rlimit {
  type: string
  hard: number
  soft: number
}

export interface Root {
  path: string
  readonly?: boolean
}

export interface Mount {
  destination: string
  type?: string
  source?: string
  options?: string[]
  uidMappings?: IDMapping[]
  gidMappings?: IDMapping[]
}

/** @see https://github.com/opencontainers/runtime-spec/blob/v1.1.0/config.md#posix-platform-hooks */
export interface Hooks {
  prestart?: Hook[]
  createRuntime?: Hook[]
  createContainer?: Hook[]
  startContainer?: Hook[]
  poststart?: Hook[]
  poststop?: Hook[]
}

export interface Hook {
  path: string
  args?: string[]
  env?: string[]
  /** Seconds. */
  timeout?: number
}

/** @see https://github.com/opencontainers/runtime-spec/blob/v1.1.0/config-linux.md */
export interface Linux {
  uidMappings?: IDMapping[]
  gidMappings?: IDMapping[]
  sysctl?: Record<string, string>
  resources?: Resources
  cgroupsPath?: string
  namespaces?: Namespace[]
  devices?: Device[]
  seccomp?: Seccomp
  rootfsPropagation?: string
  maskedPaths?: string[]
  readonlyPaths?: string[]
  mountLabel?: string
  intelRdt?: {closID?: string; l3CacheSchema?: string; memBwSchema?: string}
  personality?: {domain: string; flags?: string[]}
}

export interface IDMapping {
  containerID: number
  hostID: number
  size: number
}

export type NamespaceType = 'pid' | 'network' | 'mount' | 'ipc' | 'uts' | 'user' | 'cgroup' | 'time'

export interface Namespace {
  type: NamespaceType
  path?: string
}

export interface Device {
  path: string
  type: 'b' | 'c' | 'u' | 'p'
  major: number
  minor: number
  fileMode?: number
  uid?: number
  gid?: number
}

export interface DeviceCgroup {
  allow: boolean
  type?: string
  major?: number
  minor?: number
  access?: string
}

export interface Resources {
  devices?: DeviceCgroup[]
  memory?: {
    limit?: number
    reservation?: number
    swap?: number
    kernel?: number
    kernelTCP?: number
    swappiness?: number
    disableOOMKiller?: boolean
    useHierarchy?: boolean
    checkBeforeUpdate?: boolean
  }
  cpu?: {
    shares?: number
    quota?: number
    burst?: number
    period?: number
    realtimeRuntime?: number
    realtimePeriod?: number
    cpus?: string
    mems?: string
    idle?: number
  }
  pids?: {limit: number}
  blockIO?: {
    weight?: number
    leafWeight?: number
    weightDevice?: {major: number; minor: number; weight?: number; leafWeight?: number}[]
    throttleReadBpsDevice?: ThrottleDevice[]
    throttleWriteBpsDevice?: ThrottleDevice[]
    throttleReadIOPSDevice?: ThrottleDevice[]
    throttleWriteIOPSDevice?: ThrottleDevice[]
  }
  hugepageLimits?: {pageSize: string; limit: number}[]
  network?: {classID?: number; priorities?: {name: string; priority: number}[]}
  rdma?: Record<string, {hcaHandles?: number; hcaObjects?: number}>
  unified?: Record<string, string>
}

export interface ThrottleDevice {
  major: number
  minor: number
  rate: number
}

export interface Seccomp {
  defaultAction: string
  defaultErrnoRet?: number
  architectures?: string[]
  flags?: string[]
  listenerPath?: string
  listenerMetadata?: string
  syscalls?: SeccompSyscall[]
}

export interface SeccompSyscall {
  names: string[]
  action: string
  errnoRet?: number
  args?: {index: number; value: number; valueTwo?: number; op: string}[]
}

/** @see https://github.com/opencontainers/runtime-spec/blob/v1.1.0/runtime.md#state */
export interface State {
  ociVersion: string
  id: string
  status: 'creating' | 'created' | 'running' | 'stopped' | 'paused'
  pid?: number
  bundle: string
  annotations?: Record<string, string>
}
