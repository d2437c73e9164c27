import {closeSync, createReadStream, existsSync, mkdirSync, openSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../../errors/index.ts'
import type {ContainerConfig} from '../../define/container-config.ts'
import type {Engine} from '../../engine.ts'
import {exportVolume, importVolume} from '../../volume/index.ts'
import type {CheckpointFiles} from './checkpoint-files.ts'

export async function saveVolumes(engine: Engine, config: ContainerConfig, files: CheckpointFiles): Promise<void> {
  mkdirSync(files.path('volumes'), {recursive: true, mode: 0o700})
  for (const name of volumesOf(config)) {
    const descriptor = openSync(archiveOf(files, name), 'w', 0o600)
    try {
      await exportVolume(engine.volumes, name, descriptor)
    } finally {
      closeSync(descriptor)
    }
  }
}

/** @throws ERR_REFUSED when somebody has a volume of that name: its content is not to be mixed with another's */
export function refuseExistingVolumes(engine: Engine, config: ContainerConfig): void {
  for (const name of volumesOf(config))
    if (engine.volumes.find(name))
      throw new EngineError(
        'ERR_REFUSED',
        `volume with name ${name} already exists. Use --ignore-volumes to not restore content of volumes`,
      )
}

export async function restoreVolumes(engine: Engine, config: ContainerConfig, files: CheckpointFiles): Promise<void> {
  for (const name of volumesOf(config)) {
    const path = archiveOf(files, name)
    if (!existsSync(path))
      throw new EngineError('ERR_ARCHIVE_INVALID', `the checkpoint archive has no content of volume ${name}`)
    await importVolume(engine.volumes, name, createReadStream(path))
  }
}

function volumesOf({mounts}: ContainerConfig): string[] {
  return [...new Set(mounts.flatMap((mount) => (mount.type === 'volume' ? [mount.name] : [])))]
}

function archiveOf(files: CheckpointFiles, name: string): string {
  return join(files.path('volumes'), `${name}.tar`)
}
