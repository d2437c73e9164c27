import {existsSync, readFileSync} from 'node:fs'
import type {BlockIOTemplate, ResourcesTemplate} from '../libpod/define/spec-vocabulary.ts'
import type {ContainerRequest, ResourcesRequest} from './container-request.ts'
import {refuse} from './refuse.ts'
import type {SpecServices} from './services.ts'

const DEFAULT_PERIOD = 100_000

/** Limits as asked, checked against each other and against what this host has. @throws ERR_REFUSED in podman's words */
export function resolveResources(request: ContainerRequest, services: SpecServices): ResourcesTemplate {
  const {resources = {}, cgroups} = request
  checkMemory(resources)
  checkCpu(resources)
  const memory = memoryOf(resources)
  const cpu = cpuOf(resources)
  const pids = resources.pidsLimit ?? (cgroups === 'disabled' ? 0 : services.config.containers.pidsLimit)
  return {
    ...(memory && {memory}),
    ...(cpu && {cpu}),
    ...(resources.cpus !== undefined && resources.cpus > 0 && {nanoCpus: Math.round(resources.cpus * 1e9)}),
    ...(pids !== 0 && {pidsLimit: pids}),
    ...blockIO(resources, services),
    ...unified(request, services),
  }
}

function checkMemory(wanted: ResourcesRequest): void {
  const {memoryBytes: memory = 0, memorySwapBytes: swap = 0, memoryReservationBytes: reservation = 0} = wanted
  const {memorySwappiness: swappiness = -1} = wanted
  if (swap > 0 && memory === 0) refuse('you should always set a memory limit when using a memoryswap limit, see usage')
  if (memory > 0 && swap > 0 && swap < memory) {
    refuse('minimum memoryswap limit should be larger than memory limit, see usage')
  }
  if (memory > 0 && reservation > memory) {
    refuse('minimum memory limit cannot be less than memory reservation limit, see usage')
  }
  if (swappiness < -1 || swappiness > 100)
    refuse(`invalid value: ${swappiness}, valid memory swappiness range is 0-100`)
}

/** Swap is memory and swap together; without a word about it a container may swap as much as it may use. */
function memoryOf(wanted: ResourcesRequest): ResourcesTemplate['memory'] {
  const {memoryBytes: limit = 0, memorySwapBytes, memoryReservationBytes: reservation = 0} = wanted
  const {memorySwappiness: swappiness = -1, oomKillDisable} = wanted
  const swap = memorySwapBytes ?? (limit > 0 ? limit * 2 : 0)
  const memory = {
    ...(limit > 0 && {limit}),
    ...(swap !== 0 && {swap}),
    ...(reservation > 0 && {reservation}),
    ...(swappiness >= 0 && {swappiness}),
    ...(oomKillDisable && {disableOOMKiller: true}),
  }
  return Object.keys(memory).length > 0 ? memory : undefined
}

function checkCpu({cpus = 0, cpuPeriod = 0, cpuQuota = 0, cpusetCpus = '', cpusetMems = ''}: ResourcesRequest): void {
  if (cpus > 0 && cpuQuota !== 0) refuse('--cpu-quota and --cpus cannot be set together')
  if (cpus > 0 && cpuPeriod !== 0) refuse('--cpu-period and --cpus cannot be set together')
  if (cpuPeriod !== 0 && (cpuPeriod < 1000 || cpuPeriod > 1_000_000))
    refuse('CPU cfs period cannot be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)')
  if (cpuQuota > 0 && cpuQuota < 1000) refuse('CPU cfs quota cannot be less than 1ms (i.e. 1000)')
  checkSet(cpusetCpus, 'cpuset cpus', 'CPUs', '/sys/devices/system/cpu/online')
  checkSet(cpusetMems, 'cpuset mems', 'memory nodes', '/sys/devices/system/node/online')
}

function checkSet(text: string, what: string, noun: string, file: string): void {
  if (text === '') return
  const wanted = parseSet(text) ?? refuse(`invalid value ${text} for ${what}`)
  const available = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  const known = parseSet(available)
  if (known && wanted.some((number) => !known.includes(number))) {
    refuse(`requested ${noun} are not available - requested ${text}, available: ${available}`)
  }
}

/** `0-2,5` → 0, 1, 2, 5 */
function parseSet(text: string): number[] | undefined {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return undefined
  return text.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({length: Math.max(0, last - first + 1)}, (_, index) => first + index)
  })
}

function cpuOf(wanted: ResourcesRequest): ResourcesTemplate['cpu'] {
  const {cpus = 0, cpuShares = 0, cpuRealtimePeriod = 0, cpuRealtimeRuntime = 0, cpusetCpus, cpusetMems} = wanted
  const period = cpus > 0 ? DEFAULT_PERIOD : (wanted.cpuPeriod ?? 0)
  const quota = cpus > 0 ? Math.round(cpus * DEFAULT_PERIOD) : (wanted.cpuQuota ?? 0)
  const cpu = {
    ...(cpuShares > 0 && {shares: cpuShares}),
    ...(quota !== 0 && {quota}),
    ...(period > 0 && {period}),
    ...(cpuRealtimeRuntime !== 0 && {realtimeRuntime: cpuRealtimeRuntime}),
    ...(cpuRealtimePeriod > 0 && {realtimePeriod: cpuRealtimePeriod}),
    ...(cpusetCpus && {cpus: cpusetCpus}),
    ...(cpusetMems && {mems: cpusetMems}),
  }
  return Object.keys(cpu).length > 0 ? cpu : undefined
}

function blockIO(wanted: ResourcesRequest, services: SpecServices): {blockIO?: BlockIOTemplate} {
  const {blkioWeight, blkioWeightDevice = [], readBps = [], writeBps = [], readIOps = [], writeIOps = []} = wanted
  const rates = [...readBps, ...writeBps, ...readIOps, ...writeIOps]
  for (const {path} of rates)
    if (!existsSync(path)) refuse(`could not parse throttle device at ${path}: no such file or directory`)
  const weighable = hasWeights()
  if (blkioWeight && !weighable) {
    services.warn('Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.')
  }
  if (blkioWeightDevice.length > 0 && !weighable) {
    services.warn(
      'Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.',
    )
  }
  if (rates.length === 0 && (!weighable || (!blkioWeight && blkioWeightDevice.length === 0))) return {}
  return {
    blockIO: {
      ...(weighable && blkioWeight && {weight: blkioWeight}),
      weightDevice: weighable ? blkioWeightDevice : [],
      ...{readBps, writeBps, readIOps, writeIOps},
    },
  }
}

/** Weights need the BFQ scheduler's files, on v1 in the root cgroup, on v2 below it only. */
function hasWeights(): boolean {
  const v1 = ['blkio.weight', 'blkio.bfq.weight'].some((name) => existsSync(`/sys/fs/cgroup/blkio/${name}`))
  return v1 || existsSync('/sys/fs/cgroup/cgroup.controllers')
}

function unified({cgroupConf}: ContainerRequest, {config}: SpecServices): Pick<ResourcesTemplate, 'unified'> {
  const configured = config.containers.cgroupConf.map((text) => text.split(/=(.*)/s).slice(0, 2) as [string, string])
  const values = {...Object.fromEntries(configured), ...cgroupConf}
  if (Object.keys(values).length === 0) return {}
  if (!existsSync('/sys/fs/cgroup/cgroup.controllers')) refuse('cannot use --cgroup-conf without cgroup v2')
  return {unified: values}
}
