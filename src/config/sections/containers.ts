import {existsSync} from 'node:fs'
import type {ContainersSection} from '../engine-config.ts'
import type {ValueReader} from '../value-reader.ts'

const DEFAULT_CAPABILITIES = [
  ...['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP'],
  ...['SETUID', 'SYS_CHROOT'],
]

/** Beneath all files, so that a list that appends extends these. */
export const containersDefaults = {
  default_capabilities: DEFAULT_CAPABILITIES,
  env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  default_ulimits: ['nofile=1048576:1048576', 'nproc=4194304:4194304'],
}

export function containersSection(read: ValueReader): ContainersSection {
  return {...processDefaults(read), ...isolationDefaults(read), ...environmentDefaults(read), ...logDefaults(read)}
}

function processDefaults(read: ValueReader) {
  return {
    annotations: read.list('annotations'),
    devices: read.list('devices'),
    env: read.list('env'),
    envHost: read.boolean('env_host', false),
    httpProxy: read.boolean('http_proxy', true),
    init: read.boolean('init', false),
    initPath: read.string('init_path', ''),
    keyring: read.boolean('keyring', true),
    mounts: read.list('mounts'),
    volumes: read.list('volumes'),
    oomScoreAdj: read.optionalInteger('oom_score_adj'),
    tz: read.string('tz', ''),
    umask: read.string('umask', '0022'),
    prepareVolumeOnCreate: read.boolean('prepare_volume_on_create', false),
  }
}

function isolationDefaults(read: ValueReader) {
  return {
    apparmorProfile: read.string('apparmor_profile', 'containers-default'),
    cgroupConf: read.list('cgroup_conf'),
    cgroupns: read.optionalString('cgroupns'),
    cgroups: read.choice('cgroups', ['enabled', 'disabled', 'no-conmon', 'split'], 'enabled'),
    defaultCapabilities: read.list('default_capabilities').map(capabilityName).sort(),
    defaultSysctls: read.list('default_sysctls'),
    defaultUlimits: read.list('default_ulimits'),
    ipcns: read.string('ipcns', 'shareable'),
    netns: read.string('netns', 'private'),
    pidns: read.string('pidns', 'private'),
    pidsLimit: read.integer('pids_limit', 2048),
    privileged: read.boolean('privileged', false),
    readOnly: read.boolean('read_only', false),
    seccompProfile: read.optionalString('seccomp_profile'),
    shmSizeBytes: read.decimalSize('shm_size', 65_536_000),
    userns: read.string('userns', ''),
    utsns: read.string('utsns', 'private'),
  }
}

function capabilityName(name: string): string {
  const upper = name.toUpperCase()
  return upper.startsWith('CAP_') ? upper : `CAP_${upper}`
}

function environmentDefaults(read: ValueReader) {
  return {
    baseHostsFile: read.string('base_hosts_file', ''),
    containerNameAsHostname: read.boolean('container_name_as_hostname', false),
    dnsOptions: read.list('dns_options'),
    dnsSearches: read.list('dns_searches'),
    dnsServers: read.list('dns_servers'),
    hostContainersInternalIP: read.string('host_containers_internal_ip', ''),
    interfaceName: read.string('interface_name', ''),
    noHosts: read.boolean('no_hosts', false),
  }
}

const LOG_DRIVERS = ['k8s-file', 'json-file', 'journald', 'none', 'passthrough', 'passthrough-tty'] as const

function logDefaults(read: ValueReader) {
  return {
    logDriver: read.choice('log_driver', LOG_DRIVERS, journalIsUsable() ? 'journald' : 'k8s-file'),
    logSizeMax: read.size('log_size_max', -1),
    logTag: read.string('log_tag', ''),
  }
}

export function journalIsUsable(): boolean {
  return existsSync('/run/systemd/journal/socket')
}
