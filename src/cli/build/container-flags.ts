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
  'add-host': flags.list({summary: 'Add a custom host-to-IP mapping (host:ip)'}),
  'cap-add': flags.list({summary: 'Add the specified capability when running'}),
  'cap-drop': flags.list({summary: 'Drop the specified capability when running'}),
  'cgroup-parent': flags.string({summary: 'optional parent cgroup for the container'}),
  cgroupns: flags.string({summary: "'private', or 'host'", suggests: ['host', 'private']}),
  'cpu-period': flags.uint64({summary: 'limit the CPU CFS (Completely Fair Scheduler) period', default: 0}),
  'cpu-quota': flags.int64({summary: 'limit the CPU CFS (Completely Fair Scheduler) quota', default: 0}),
  'cpu-shares': flags.uint64({char: 'c', summary: 'CPU shares (relative weight)', default: 0}),
  'cpuset-cpus': flags.string({summary: 'CPUs in which to allow execution (0-3, 0,1)'}),
  'cpuset-mems': flags.string({summary: 'memory nodes (MEMs) in which to allow execution (0-3, 0,1)'}),
  device: flags.array({summary: 'additional devices to provide'}),
  dns: flags.list({summary: 'set custom DNS servers or disable it completely by setting it to "none"'}),
  'dns-option': flags.list({summary: 'set custom DNS options'}),
  'dns-search': flags.list({summary: 'set custom DNS search domains'}),
  'group-add': flags.list({summary: 'add additional groups to the primary container process'}),
  'http-proxy': flags.bool({summary: 'pass through HTTP Proxy environment variables', default: true}),
  ipc: flags.string({summary: "'private', path of IPC namespace to join, or 'host'", suggests: ['host', 'private']}),
  memory: flags.string({char: 'm', summary: 'memory limit (format: <number>[<unit>], where unit = b, k, m or g)'}),
  'memory-swap': flags.string({summary: "swap limit equal to memory plus swap: '-1' to enable unlimited swap"}),
  network: flags.string({
    summary: "'none', 'private', 'ns:path' of network namespace to join, or name of network",
    aliases: ['net'],
  }),
  'no-hostname': flags.bool({summary: 'do not create new /etc/hostname file for RUN instructions'}),
  'no-hosts': flags.bool({summary: 'do not create new /etc/hosts file for RUN instructions'}),
  pid: flags.string({summary: "private, path of PID namespace to join, or 'host'", suggests: ['host', 'private']}),
  'security-opt': flags.array({summary: 'security options'}),
  'shm-size': flags.string({summary: "size of '/dev/shm'. The format is <number><unit>."}),
  ulimit: flags.list({summary: 'ulimit options'}),
  uts: flags.string({summary: "private, path of UTS namespace to join, or 'host'", suggests: ['host', 'private']}),
  volume: flags.array({char: 'v', summary: 'bind mount a volume into the container'}),
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
