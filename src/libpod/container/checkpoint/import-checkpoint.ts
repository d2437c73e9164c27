import {copyFileSync, existsSync, mkdirSync, renameSync, rmSync} from 'node:fs'
import {dirname} from 'node:path'
import {unpackTree} from '../../../../storage/index.ts'
import {EngineError} from '../../../errors/index.ts'
import {createContainer} from '../../create-container.ts'
import {cloneConfig} from '../../define/clone-config.ts'
import type {ContainerConfig} from '../../define/container-config.ts'
import {rfc3339Now} from '../../define/time.ts'
import type {ImportCheckpointOptions} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {logPath} from '../log-path.ts'
import {removeContainer} from '../remove.ts'
import {CheckpointFiles} from './checkpoint-files.ts'
import type {CheckpointSource} from './checkpoint-source.ts'
import {openArchive} from './checkpoint-source.ts'
import {restoreRootfs} from './rootfs-content.ts'
import {refuseExistingVolumes, restoreVolumes} from './volume-content.ts'

/** Makes the container again that an exported checkpoint is of, with its files, ready for `restore`. Returns its id. */
export async function importCheckpoint(
  engine: Engine,
  source: CheckpointSource,
  options: ImportCheckpointOptions,
): Promise<string> {
  const config = configOf(source.config, options)
  if (!options.ignoreVolumes) refuseExistingVolumes(engine, config)
  await createContainer(engine, config)
  try {
    await fill(engine, config, source, options)
  } catch (error) {
    await removeContainer(engine, config.id, {volumes: true})
    throw error
  }
  return config.id
}

function configOf(config: ContainerConfig, {name, image, ports}: ImportCheckpointOptions): ContainerConfig {
  if (config.pod) throw new EngineError('ERR_REFUSED', 'cannot restore pod container without --pod')
  const own = {...config, ...(image && {image}), ...(ports && {ports})}
  if (name === undefined) return own
  const renamed = cloneConfig(own, {name, createdAt: rfc3339Now()})
  // Its addresses are the first one's, which may still be there.
  const attachments = config.network.attachments.map(({staticMAC: _, ...others}) => ({...others, staticIPs: []}))
  return {...renamed, network: {...config.network, attachments}}
}

async function fill(
  engine: Engine,
  config: ContainerConfig,
  source: CheckpointSource,
  options: ImportCheckpointOptions,
): Promise<void> {
  const files = new CheckpointFiles(engine, config.id)
  takeOver(source.directory, files.directory)
  if (options.previousPath)
    await unpackTree({source: openArchive(options.previousPath), root: files.directory, path: '/'})
  // A new one is not to have the addresses that the one of that name has.
  if (options.name !== undefined) rmSync(files.path('networkStatus'), {force: true})
  const log = logPath(engine, config)
  if (log && existsSync(files.path('log'))) copyFileSync(files.path('log'), log)
  if (!options.ignoreRootfs && !config.rootfs) await restoreRootfs(engine, config.id, files)
  if (!options.ignoreVolumes) await restoreVolumes(engine, config, files)
}

/** Both lie below the engine's root. */
function takeOver(from: string, to: string): void {
  mkdirSync(dirname(to), {recursive: true, mode: 0o700})
  renameSync(from, to)
}
