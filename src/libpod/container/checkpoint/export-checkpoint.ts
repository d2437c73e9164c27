import {copyFileSync, createWriteStream, existsSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {PassThrough} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGzip, createZstdCompress} from 'node:zlib'
import {packTree} from '../../../../storage/index.ts'
import {EngineError} from '../../../errors/index.ts'
import {rfc3339Now} from '../../define/time.ts'
import type {CheckpointOptions} from '../../define/verb-options.ts'
import type {HeldContainer} from '../held-container.ts'
import {logPath} from '../log-path.ts'
import {refuseMapped} from '../user-namespace.ts'
import {archiveNames, CheckpointFiles} from './checkpoint-files.ts'
import {configDump} from './config-dump.ts'
import {saveRootfs} from './rootfs-content.ts'
import {saveVolumes} from './volume-content.ts'

/** What only an archive needs: a container that stays where it is has it all. */
const ONLY_EXPORTED = ['config', 'spec', 'rootfsDiff', 'deletedFiles', 'volumes', 'log', 'statistics'] as const

/** @throws ERR_REFUSED for a container that cannot live without another */
export function requireExportable({config}: HeldContainer): void {
  refuseMapped(config, 'checkpoint archive')
  const others = config.dependencies.length
  if (others > 1 || (others === 1 && !config.pod))
    throw new EngineError('ERR_REFUSED', 'cannot export checkpoints of containers with dependencies')
}

/** Writes the checkpoint that was just made, with all that restoring it elsewhere needs, to a file of its own. */
export async function exportCheckpoint(held: HeldContainer, path: string, options: CheckpointOptions): Promise<void> {
  await withContent(held, options, (tar) =>
    pipeline(tar, compressor(options.compress ?? 'zstd'), createWriteStream(path, {mode: 0o600})),
  )
}

/** Gives `use` the tar of the whole checkpoint. */
export async function withContent<T>(
  held: HeldContainer,
  options: CheckpointOptions,
  use: (tar: Readable) => Promise<T>,
): Promise<T> {
  const files = new CheckpointFiles(held.engine, held.id)
  try {
    await gather(held, files, options)
    const other = archiveNames[options.preCheckpoint ? 'images' : 'preImages']
    return await use(packTree({root: files.directory, path: '/', as: '.', without: [other]}))
  } finally {
    for (const part of ONLY_EXPORTED) rmSync(files.path(part), {recursive: true, force: true})
  }
}

async function gather(held: HeldContainer, files: CheckpointFiles, options: CheckpointOptions): Promise<void> {
  const {engine, config, id, bundle} = held
  writeFileSync(files.path('config'), configDump(config, rfc3339Now()), {mode: 0o600})
  copyFileSync(join(bundle, 'config.json'), files.path('spec'))
  const log = logPath(engine, config)
  if (log && existsSync(log)) copyFileSync(log, files.path('log'))
  const statistics = join(bundle, archiveNames.statistics)
  if (existsSync(statistics)) copyFileSync(statistics, files.path('statistics'))
  if (!options.ignoreRootfs && !config.rootfs) await saveRootfs(engine, id, files)
  if (!options.ignoreVolumes) await saveVolumes(engine, config, files)
}

function compressor(compression: NonNullable<CheckpointOptions['compress']>) {
  if (compression === 'none') return new PassThrough()
  return compression === 'gzip' ? createGzip() : createZstdCompress()
}
