import {existsSync} from 'node:fs'
import {EngineError} from '../../errors/index.ts'
import {workingDirectory} from '../../host/index.ts'
import {type ContainerRequest, type MountRequest, parseDevices, parseUlimit, parseVolume} from '../../specgen/index.ts'
import {securityOf} from '../create-options/isolation-options.ts'
import {networkOf} from '../create-options/network-options.ts'
import {sizeOf} from '../create-options/resource-options.ts'
import * as flags from '../flags.ts'

/** Options about the containers of RUN. */
export const containerFlags = {
  'add-host': flags.list({summary: 'Line for /etc/hosts during RUN, as HOST:ADDRESS (repeatable)'}),
  'cap-add': flags.list({summary: 'Capability to give to RUN, or ALL (repeatable)'}),
  'cap-drop': flags.list({summary: 'Capability to take from RUN, or ALL (repeatable)'}),
  'cgroup-parent': flags.string({summary: 'Cgroup below which those of RUN are made'}),
  cgroupns: flags.string({summary: 'Cgroup namespace of RUN: private or host', suggests: ['host', 'private']}),
  'cpu-period': flags.uint64({
    summary: 'Length of a scheduling period that --cpu-quota counts in, in microseconds',
    default: 0,
  }),
  'cpu-quota': flags.int64({summary: 'CPU time that RUN gets in each period, in microseconds', default: 0}),
  'cpu-shares': flags.uint64({
    char: 'c',
    summary: 'Weight of RUN against other containers when CPUs are busy (1024 is usual)',
    default: 0,
  }),
  'cpuset-cpus': flags.string({summary: 'CPUs that RUN may use, by number: 0-3 or 0,2'}),
  'cpuset-mems': flags.string({summary: 'NUMA nodes that RUN may take memory from, by number: 0-3 or 0,2'}),
  device: flags.array({summary: 'Device to make usable in RUN: HOST[:CONTAINER][:rwm] or a CDI name (repeatable)'}),
  dns: flags.list({summary: 'Name server for RUN, by its address; none leaves /etc/resolv.conf alone (repeatable)'}),
  'dns-option': flags.list({summary: 'Resolver option for RUN, such as ndots:2 (repeatable)'}),
  'dns-search': flags.list({summary: 'Domain to complete short host names with during RUN (repeatable)'}),
  'group-add': flags.list({summary: 'Further group of the processes of RUN, by name or number (repeatable)'}),
  'http-proxy': flags.bool({summary: "Pass the host's proxy variables, such as http_proxy, on to RUN", default: true}),
  ipc: flags.string({summary: 'IPC namespace of RUN: private, host or ns:PATH', suggests: ['host', 'private']}),
  memory: flags.string({
    char: 'm',
    summary: 'Memory that RUN may use at most: a number with the unit b, k, m or g, such as 2g',
  }),
  'memory-swap': flags.string({
    summary: 'Memory and swap together at most: a number with b, k, m or g (-1: any amount of swap)',
  }),
  network: flags.string({
    summary: 'Network of RUN, by name, or a mode: private, host, none or ns:PATH',
    aliases: ['net'],
  }),
  'no-hostname': flags.bool({summary: "Keep the image's /etc/hostname during RUN"}),
  'no-hosts': flags.bool({summary: "Keep the image's /etc/hosts during RUN"}),
  pid: flags.string({summary: 'PID namespace of RUN: private, host or ns:PATH', suggests: ['host', 'private']}),
  'security-opt': flags.array({
    summary: 'Security setting for RUN, such as seccomp=FILE or label=disable (repeatable)',
  }),
  'shm-size': flags.string({summary: 'Size of /dev/shm during RUN: a number with the unit b, k, m or g'}),
  ulimit: flags.list({summary: 'Limit of each process of RUN, such as nofile=1024:2048 (repeatable)'}),
  uts: flags.string({
    summary: 'UTS namespace of RUN (host name): private, host or ns:PATH',
    suggests: ['host', 'private'],
  }),
  volume: flags.array({
    char: 'v',
    summary: 'Directory of the host to mount during RUN: SOURCE:PATH[:OPTIONS] (repeatable)',
  }),
}

type Given = flags.FlagValues<typeof containerFlags>

/** A directory of the host has to be there, whether or not a step uses it. @throws ERR_REFUSED */
function volumeOf(text: string): MountRequest {
  const mount = parseVolume(text, workingDirectory())
  if (mount.type === 'bind' && mount.source !== undefined && !existsSync(mount.source))
    throw new EngineError('ERR_REFUSED', `stat ${mount.source}: no such file or directory`)
  return mount
}

/** What the options say of every RUN. @throws ERR_REFUSED */
export function containerRequest(given: Given): Partial<ContainerRequest> {
  return {
    ...{extraHosts: given['add-host'], noHosts: given['no-hosts'], noHostname: given['no-hostname']},
    ...{capAdd: given['cap-add'], capDrop: given['cap-drop'], groupAdd: given['group-add']},
    ...{cgroupParent: given['cgroup-parent'], cgroupns: given.cgroupns},
    ...{pidns: given.pid, ipcns: given.ipc, utsns: given.uts},
    ...parseDevices(given.device),
    ...{dnsServers: given.dns, dnsOptions: given['dns-option'], dnsSearches: given['dns-search']},
    httpProxy: given['http-proxy'],
    ...(given.network !== undefined && {network: networkOf(given.network)}),
    resources: {
      memoryBytes: sizeOf(given.memory, 'memory'),
      memorySwapBytes: given['memory-swap'] === '-1' ? -1 : sizeOf(given['memory-swap'], 'memory-swap'),
      ...{cpuPeriod: given['cpu-period'], cpuQuota: given['cpu-quota'], cpuShares: given['cpu-shares']},
      ...{cpusetCpus: given['cpuset-cpus'], cpusetMems: given['cpuset-mems']},
    },
    security: securityOf(given['security-opt']),
    shmSizeBytes: sizeOf(given['shm-size'], 'shm-size'),
    ulimits: given.ulimit.map(parseUlimit),
    mounts: given.volume.map(volumeOf),
  }
}
