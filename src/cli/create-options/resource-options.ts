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
    summary: 'Block IO weight (relative weight) accepts a weight value between 10 and 1000.',
  }),
  'blkio-weight-device': flags.array({
    summary: 'Block IO weight (relative device weight, format: `DEVICE_NAME:WEIGHT`)',
    valueName: 'DEVICE:WEIGHT',
  }),
  'cgroup-conf': flags.list({summary: 'Configure cgroup v2 (key=value)', valueName: 'KEY=VALUE'}),
  'cgroup-parent': flags.string({summary: 'Optional parent cgroup for the container', valueName: 'PATH'}),
  cgroups: flags.string({
    summary: 'control container cgroup configuration ("enabled"|"disabled"|"no-conmon"|"split")',
    suggests: ['enabled', 'disabled', 'no-conmon', 'split'],
  }),
  'cpu-period': flags.uint64({summary: 'Limit the CPU CFS (Completely Fair Scheduler) period', default: 0}),
  'cpu-quota': flags.int64({summary: 'Limit the CPU CFS (Completely Fair Scheduler) quota', default: 0}),
  'cpu-rt-period': flags.uint64({summary: 'Limit the CPU real-time period in microseconds', default: 0}),
  'cpu-rt-runtime': flags.int64({summary: 'Limit the CPU real-time runtime in microseconds', default: 0}),
  'cpu-shares': flags.uint64({char: 'c', summary: 'CPU shares (relative weight)', default: 0}),
  cpus: flags.float({summary: 'Number of CPUs. The default is 0.000 which means no limit', default: 0}),
  'cpuset-cpus': flags.string({summary: 'CPUs in which to allow execution (0-3, 0,1)'}),
  'cpuset-mems': flags.string({
    summary: 'Memory nodes (MEMs) in which to allow execution (0-3, 0,1). Only effective on NUMA systems.',
  }),
  'device-read-bps': flags.array({
    summary: 'Limit read rate (bytes per second) from a device (e.g. --device-read-bps=/dev/sda:1mb)',
    valueName: 'DEVICE:RATE',
  }),
  'device-read-iops': flags.array({
    summary: 'Limit read rate (IO per second) from a device (e.g. --device-read-iops=/dev/sda:1000)',
    valueName: 'DEVICE:RATE',
  }),
  'device-write-bps': flags.array({
    summary: 'Limit write rate (bytes per second) to a device (e.g. --device-write-bps=/dev/sda:1mb)',
    valueName: 'DEVICE:RATE',
  }),
  'device-write-iops': flags.array({
    summary: 'Limit write rate (IO per second) to a device (e.g. --device-write-iops=/dev/sda:1000)',
    valueName: 'DEVICE:RATE',
  }),
  'kernel-memory': flags.string({summary: 'No longer supported', hidden: true}),
  memory: flags.string({
    char: 'm',
    summary: 'Memory limit (format: <number>[<unit>], where unit = b, k, m, or g)',
    valueName: 'SIZE',
  }),
  'memory-reservation': flags.string({
    summary: 'Memory soft limit (format: <number>[<unit>], where unit = b, k, m, or g)',
    valueName: 'SIZE',
  }),
  'memory-swap': flags.string({
    summary: "Swap limit equal to memory plus swap: '-1' to enable unlimited swap",
    valueName: 'SIZE',
  }),
  'memory-swappiness': flags.int64({
    summary: 'Tune container memory swappiness (0 to 100, or -1 for system default)',
    default: -1,
  }),
  'oom-kill-disable': flags.bool({summary: 'Disable OOM Killer'}),
  'oom-score-adj': flags.int({summary: 'Tune the host OOM preferences (-1000 to 1000)'}),
  'pids-limit': flags.int64({summary: 'Tune container pids limit (set -1 for unlimited)'}),
  'rdt-class': flags.string({summary: 'Class of Service (COS) that the container should be assigned to'}),
  ulimit: flags.list({summary: 'Ulimit options', valueName: 'NAME=SOFT[:HARD]'}),
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
