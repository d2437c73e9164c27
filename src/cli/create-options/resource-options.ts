import {
  bytes,
  type ContainerRequest,
  parseByteRate,
  parseOperationRate,
  parseUlimit,
  parseWeight,
  parseWeightDevice,
  type ResourcesRequest,
  refuseArgument,
  strictKeyValues,
} from '../../specgen/index.ts'
import * as flags from '../flags.ts'
import type {OptionContext} from './option-context.ts'

/** Limits. */
export const resourceFlags = {
  'blkio-weight': flags.string({
    summary: 'Share of disk time against other containers, from 10 to 1000',
  }),
  'blkio-weight-device': flags.array({
    summary: 'Share of the time of one device, from 10 to 1000',
    valueName: 'DEVICE:WEIGHT',
  }),
  'cgroup-conf': flags.list({
    summary: "Write a value to a file of the container's cgroup, such as memory.high=1073741824 (cgroup v2)",
    valueName: 'KEY=VALUE',
  }),
  'cgroup-parent': flags.string({summary: 'Cgroup below which its own is made', valueName: 'PATH'}),
  cgroups: flags.string({
    summary: 'How cgroups are made: enabled, disabled, no-conmon (none for the monitor) or split',
    suggests: ['enabled', 'disabled', 'no-conmon', 'split'],
  }),
  'cpu-period': flags.uint64({
    summary: 'Length of a scheduling period that --cpu-quota counts in, in microseconds',
    default: 0,
  }),
  'cpu-quota': flags.int64({summary: 'CPU time that the container gets in each period, in microseconds', default: 0}),
  'cpu-rt-period': flags.uint64({summary: 'Length of a period of real-time scheduling, in microseconds', default: 0}),
  'cpu-rt-runtime': flags.int64({summary: 'Real-time CPU time in each such period, in microseconds', default: 0}),
  'cpu-shares': flags.uint64({
    char: 'c',
    summary: 'Weight against other containers when CPUs are busy (1024 is usual)',
    default: 0,
  }),
  cpus: flags.float({summary: 'How many CPUs it may use at most, such as 1.5 (0: no limit)', default: 0}),
  'cpuset-cpus': flags.string({summary: 'CPUs it may run on, by number: 0-3 or 0,2'}),
  'cpuset-mems': flags.string({
    summary: 'NUMA nodes it may take memory from, by number: 0-3 or 0,2',
  }),
  'device-read-bps': flags.array({
    summary: 'Bytes it may read from a device in a second, such as /dev/sda:10mb',
    valueName: 'DEVICE:RATE',
  }),
  'device-read-iops': flags.array({
    summary: 'Reads it may make from a device in a second, such as /dev/sda:500',
    valueName: 'DEVICE:RATE',
  }),
  'device-write-bps': flags.array({
    summary: 'Bytes it may write to a device in a second, such as /dev/sda:10mb',
    valueName: 'DEVICE:RATE',
  }),
  'device-write-iops': flags.array({
    summary: 'Writes it may make to a device in a second, such as /dev/sda:500',
    valueName: 'DEVICE:RATE',
  }),
  'kernel-memory': flags.string({summary: 'Has no effect any more', hidden: true}),
  memory: flags.string({
    char: 'm',
    summary: 'Memory it may use at most: a number with the unit b, k, m or g, such as 512m',
    valueName: 'SIZE',
  }),
  'memory-reservation': flags.string({
    summary: 'Memory it is pushed back to when the host runs short: a number with b, k, m or g',
    valueName: 'SIZE',
  }),
  'memory-swap': flags.string({
    summary: 'Memory and swap together at most: a number with b, k, m or g (-1: any amount of swap)',
    valueName: 'SIZE',
  }),
  'memory-swappiness': flags.int64({
    summary: 'How readily its memory is swapped out, from 0 to 100 (-1: as the host does)',
    default: -1,
  }),
  'oom-kill-disable': flags.bool({summary: 'Do not kill its processes when its memory limit is reached'}),
  'oom-score-adj': flags.int({
    summary: 'How likely the host is to kill it when memory runs out, from -1000 (never) to 1000',
  }),
  'pids-limit': flags.int64({summary: 'Processes and threads it may have at a time (-1: any number)'}),
  'rdt-class': flags.string({
    summary: 'Intel RDT class that the container belongs to, for shares of cache and memory bandwidth',
  }),
  ulimit: flags.list({
    summary: "Limit of each process, such as nofile=1024:2048; host keeps the caller's (repeatable)",
    valueName: 'NAME=SOFT[:HARD]',
  }),
}

type Given = flags.FlagValues<typeof resourceFlags>

const CGROUP_MODES = ['enabled', 'disabled', 'no-conmon', 'split'] as const

export function resourceRequest(given: Given, context: OptionContext): Partial<ContainerRequest> {
  if (given['kernel-memory'] !== undefined) {
    context.warn('The --kernel-memory flag is no longer supported. This flag is a noop.')
  }
  const mode = given.cgroups
  const cgroups = CGROUP_MODES.find((known) => known === mode)
  if (mode !== undefined && cgroups === undefined) {
    refuseArgument(`running container create option: invalid cgroup mode ${JSON.stringify(mode)}`)
  }
  return {
    ...(cgroups && {cgroups}),
    cgroupParent: given['cgroup-parent'],
    cgroupConf: strictKeyValues(given['cgroup-conf'], () => '--cgroup-conf must be formatted KEY=VALUE'),
    intelRdtClosID: given['rdt-class'],
    oomScoreAdj: given['oom-score-adj'],
    resources: resourcesOf(given),
    ulimits: given.ulimit.map(parseUlimit),
  }
}

/** The limits among the options. @throws ERR_REFUSED */
export function resourcesOf(given: Given): ResourcesRequest {
  const weight = given['blkio-weight']
  return {
    memoryBytes: sizeOf(given.memory, 'memory'),
    memoryReservationBytes: sizeOf(given['memory-reservation'], 'memory-reservation'),
    memorySwapBytes: given['memory-swap'] === '-1' ? -1 : sizeOf(given['memory-swap'], 'memory-swap'),
    memorySwappiness: given['memory-swappiness'],
    oomKillDisable: given['oom-kill-disable'],
    ...{cpus: given.cpus, cpuPeriod: given['cpu-period'], cpuQuota: given['cpu-quota']},
    ...{cpuRealtimePeriod: given['cpu-rt-period'], cpuRealtimeRuntime: given['cpu-rt-runtime']},
    ...{cpuShares: given['cpu-shares'], cpusetCpus: given['cpuset-cpus'], cpusetMems: given['cpuset-mems']},
    pidsLimit: given['pids-limit'],
    blkioWeight: weight === undefined ? undefined : parseWeight(weight),
    blkioWeightDevice: given['blkio-weight-device'].map(parseWeightDevice),
    readBps: given['device-read-bps'].map(parseByteRate),
    writeBps: given['device-write-bps'].map(parseByteRate),
    readIOps: given['device-read-iops'].map(parseOperationRate),
    writeIOps: given['device-write-iops'].map(parseOperationRate),
  }
}

/** A size among the options. @throws ERR_REFUSED */
export function sizeOf(text: string | undefined, option: string): number | undefined {
  return text === undefined ? undefined : bytes(text, `invalid value for ${option}: `)
}
