import type {ImageConfig} from '../../oci/types/image-spec.ts'
import {Field} from './field.ts'

/** @throws ERR_MANIFEST_INVALID naming the field */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const document = Field.ofDocument(bytes, 'image configuration', 'ERR_MANIFEST_INVALID')
  for (const key of ['architecture', 'os', 'created', 'author', 'variant'])
    document.at(key).optional((field) => field.string())
  document.at('config').optional(checkRunConfig)
  const rootfs = document.at('rootfs')
  rootfs
    .at('diff_ids')
    .optional((list) => list.items())
    ?.map((item) => item.digest())
  document
    .at('history')
    .optional((list) => list.items())
    ?.map(checkHistory)
  const object = document.object() as unknown as ImageConfig
  return {
    ...object,
    architecture: object.architecture ?? '',
    os: object.os ?? '',
    rootfs: {...object.rootfs, type: 'layers', diff_ids: object.rootfs?.diff_ids ?? []},
  }
}

export function checkRunConfig(config: Field): void {
  for (const key of ['User', 'WorkingDir', 'StopSignal']) config.at(key).optional((field) => field.string())
  for (const key of ['Env', 'Entrypoint', 'Cmd', 'OnBuild', 'Shell'])
    config.at(key).optional((field) => field.strings())
  for (const key of ['ExposedPorts', 'Volumes']) config.at(key).optional((field) => field.object())
  config.at('Labels').optional((field) => field.stringMap())
  config.at('Healthcheck').optional(checkHealthcheck)
}

function checkHealthcheck(health: Field): void {
  health.at('Test').optional((test) => test.strings())
  for (const key of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries']) {
    const field = health.at(key)
    if (!field.absent && !Number.isInteger(field.raw)) field.fail('must be a whole number')
  }
}

function checkHistory(entry: Field): void {
  for (const key of ['created', 'created_by', 'author', 'comment']) entry.at(key).optional((field) => field.string())
  const empty = entry.at('empty_layer')
  if (!empty.absent && typeof empty.raw !== 'boolean') empty.fail('must be true or false')
}
