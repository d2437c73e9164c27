import {statSync} from 'node:fs'
import {EngineError, isErrno} from '../../errors/index.ts'
import type {DeviceCgroup, Resources, ThrottleDevice} from '../types/runtime-spec.ts'
import {deviceNumbers} from './devices.ts'
import type {BlockIOTemplate, DeviceRate, SpecTemplate} from './spec-template.ts'

/** The limits of a container's cgroup: the OCI runtime turns them into v1 or v2 files. */
export function buildResources(
  {resources, cgroup}: Pick<SpecTemplate, 'cgroup' | 'resources'>,
  devices: readonly DeviceCgroup[],
): Resources {
  if (cgroup.mode === 'disabled') return {}
  const {memory, cpu, pidsLimit, blockIO, unified} = resources
  return {
    devices: [...devices],
    ...(memory && {memory: {...memory}}),
    ...(cpu && {cpu: {...cpu}}),
    ...(pidsLimit !== undefined && {pids: {limit: pidsLimit}}),
    ...(blockIO && {blockIO: buildBlockIO(blockIO)}),
    ...(unified && {unified: {...unified}}),
  }
}

function buildBlockIO(wanted: BlockIOTemplate): Resources['blockIO'] {
  const {weight, weightDevice, readBps, writeBps, readIOps, writeIOps} = wanted
  return {
    ...(weight !== undefined && {weight}),
    ...(weightDevice.length > 0 && {
      weightDevice: weightDevice.map((device) => ({...numbersOf(device.path), weight: device.weight})),
    }),
    ...throttle('throttleReadBpsDevice', readBps),
    ...throttle('throttleWriteBpsDevice', writeBps),
    ...throttle('throttleReadIOPSDevice', readIOps),
    ...throttle('throttleWriteIOPSDevice', writeIOps),
  }
}

function throttle(key: string, rates: readonly DeviceRate[]): Record<string, ThrottleDevice[]> {
  return rates.length === 0 ? {} : {[key]: rates.map(({path, rate}) => ({...numbersOf(path), rate}))}
}

function numbersOf(path: string): {major: number; minor: number} {
  try {
    return deviceNumbers(statSync(path).rdev)
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR')) throw error
    throw new EngineError(
      'ERR_REFUSED',
      `could not get device number for device path "${path}": no such file or directory`,
    )
  }
}
