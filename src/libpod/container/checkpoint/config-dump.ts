import {EngineError} from '../../../errors/index.ts'
import {type ContainerConfig, containerConfigVersion} from '../../define/container-config.ts'

/** The name under which our own record stands among the fields that tools know. */
const OWN = 'berth'

/** What config.dump says: the fields that readers of podman's archives look for, and the container's whole record. */
export function configDump(config: ContainerConfig, checkpointedAt: string): string {
  const {id, name, image, runtime, createdAt, pod} = config
  return JSON.stringify(
    {
      ...{id, name, runtime, createdTime: createdAt, checkpointedTime: checkpointedAt},
      ...(image && {rootfsImageID: image.id, rootfsImageName: image.name, rootfsImageRef: image.digest ?? image.id}),
      ...(pod && {pod}),
      [OWN]: config,
    },
    undefined,
    2,
  )
}

/** @throws ERR_ARCHIVE_INVALID, ERR_NOT_SUPPORTED for a checkpoint that another engine made */
export function parseConfigDump(bytes: Buffer, source: string): ContainerConfig {
  const dump = parsed(bytes, source)
  const config = dump[OWN] as Partial<ContainerConfig> | undefined
  if (config === undefined)
    throw new EngineError(
      'ERR_NOT_SUPPORTED',
      `${source} is the checkpoint of another engine: it has no record of ours`,
    )
  if (typeof config !== 'object' || config === null || !/^[0-9a-f]{64}$/.test(config.id ?? ''))
    throw new EngineError('ERR_ARCHIVE_INVALID', `${source}: the record of the container cannot be read`)
  if (config.version !== containerConfigVersion)
    throw new EngineError('ERR_NOT_SUPPORTED', `${source} was made by another version: record ${config.version}`)
  return config as ContainerConfig
}

function parsed(bytes: Buffer, source: string): Record<string, unknown> {
  try {
    return JSON.parse(bytes.toString()) as Record<string, unknown>
  } catch (cause) {
    throw new EngineError('ERR_ARCHIVE_INVALID', `${source}: config.dump is no JSON`, {cause})
  }
}
