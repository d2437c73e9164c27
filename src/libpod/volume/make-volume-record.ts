import {randomBytes} from 'node:crypto'
import {EngineError} from '../../errors/index.ts'
import {checkImageOptions} from './image-driver.ts'
import {parseLocalOptions} from './volume-options.ts'
import {type VolumeRecord, type VolumeRequest, volumeRecordVersion} from './volume-record.ts'

/** @throws ERR_INVALID_ARG, ERR_REFUSED for the options */
export function makeVolumeRecord(name: string, request: VolumeRequest): VolumeRecord {
  const {options = {}} = request
  const driver = request.driver || 'local'
  const local = driver === 'local' ? parseLocalOptions(options) : {copyUp: driver !== 'image', recorded: timed(options)}
  if (driver === 'image') checkImageOptions(options)
  return {
    version: volumeRecordVersion,
    name,
    driver,
    createdAt: new Date().toISOString().replace('Z', '000000Z'),
    labels: request.labels ?? {},
    options: local.recorded,
    uid: request.uid ?? local.uid ?? 0,
    gid: request.gid ?? local.gid ?? 0,
    anonymous: request.anonymous ?? false,
    ...(request.madeFor !== undefined && {madeFor: request.madeFor}),
    needsCopyUp: local.copyUp,
    ...(driver === 'image' && {storageID: randomBytes(32).toString('hex')}),
  }
}

/** @throws ERR_INVALID_ARG in podman's words */
export function volumeName(name: string): string {
  if (isVolumeName(name)) return name
  throw new EngineError('ERR_INVALID_ARG', 'running volume create option: names must match [a-zA-Z0-9][a-zA-Z0-9_.-]*')
}

export function isVolumeName(name: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name)
}

/** `timeout` is ours, in seconds; the rest is the plugin's. @throws ERR_REFUSED */
function timed(options: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const {timeout} = options
  if (timeout !== undefined && !/^[1-9]\d*$/.test(timeout))
    throw new EngineError('ERR_REFUSED', `cannot convert Timeout ${timeout} to an integer of seconds`)
  return options
}
