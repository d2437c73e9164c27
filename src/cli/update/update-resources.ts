import {statSync} from 'node:fs'
import {EngineError} from '../../errors/index.ts'
import type {Resources} from '../../oci/types/runtime-spec.ts'
import type {ResourcesRequest} from '../../specgen/index.ts'

/** The limits that were asked for, as the OCI runtime takes them; what was not given stays out. @throws ERR_REFUSED */
export function updateResources(request: ResourcesRequest, given: (option: string) => boolean): Resources {
  const memory = withoutUndefined({
    limit: request.memoryBytes,
    reservation: request.memoryReservationBytes,
    swap: request.memorySwapBytes,
    swappiness: given('memory-swappiness') ? request.memorySwappiness : undefined,
  })
  const cpu = withoutUndefined({...cpuShare(request, given), ...cpuPlaces(request)})
  const blockIO = withoutUndefined(blockLimits(request))
  return {
    ...(memory && {memory}),
    ...(cpu && {cpu}),
    ...(given('pids-limit') && {pids: {limit: request.pidsLimit ?? -1}}),
    ...(blockIO && {blockIO}),
  }
}

const CPUS_PERIOD = 100_000

function cpuShare(request: ResourcesRequest, given: (option: string) => boolean) {
  if (given('cpus') && (given('cpu-period') || given('cpu-quota')))
    throw new EngineError('ERR_REFUSED', 'conflicting options: cannot specify --cpus with --cpu-period or --cpu-quota')
  const pick = <T>(option: string, value: T): T | undefined => (given(option) ? value : undefined)
  return {
    shares: pick('cpu-shares', request.cpuShares),
    period: given('cpus') ? CPUS_PERIOD : pick('cpu-period', request.cpuPeriod),
    quota: given('cpus') ? Math.round((request.cpus ?? 0) * CPUS_PERIOD) : pick('cpu-quota', request.cpuQuota),
    realtimePeriod: pick('cpu-rt-period', request.cpuRealtimePeriod),
    realtimeRuntime: pick('cpu-rt-runtime', request.cpuRealtimeRuntime),
  }
}

function cpuPlaces({cpusetCpus, cpusetMems}: ResourcesRequest) {
  return {cpus: cpusetCpus, mems: cpusetMems}
}

function blockLimits(request: ResourcesRequest) {
  const rates = (wanted: NonNullable<ResourcesRequest['readBps']> = []) =>
    wanted.length > 0 ? wanted.map(({path, rate}) => ({...deviceNumbers(path), rate})) : undefined
  const weights = request.blkioWeightDevice ?? []
  return {
    weight: request.blkioWeight,
    weightDevice: weights.length > 0 ? weights.map(({path, weight}) => ({...deviceNumbers(path), weight})) : undefined,
    throttleReadBpsDevice: rates(request.readBps),
    throttleWriteBpsDevice: rates(request.writeBps),
    throttleReadIOPSDevice: rates(request.readIOps),
    throttleWriteIOPSDevice: rates(request.writeIOps),
  }
}

/** @see makedev(3) */
function deviceNumbers(path: string): {major: number; minor: number} {
  try {
    const {rdev} = statSync(path)
    return {major: (rdev >> 8) & 0xfff, minor: (rdev & 0xff) | ((rdev >> 12) & 0xfff00)}
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `could not get device number for device path "${path}"`, {cause})
  }
}

function withoutUndefined<T extends object>(values: T): T | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined
}
