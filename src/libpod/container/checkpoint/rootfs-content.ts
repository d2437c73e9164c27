import {createReadStream, createWriteStream, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {pipeline} from 'node:stream/promises'
import {packPaths, unpackTree} from '../../../../storage/index.ts'
import {EngineError} from '../../../errors/index.ts'
import {resolveInRoot} from '../../../host/index.ts'
import type {Engine} from '../../engine.ts'
import {diffContainer} from '../diff.ts'
import {withRootfs} from '../mount.ts'
import type {CheckpointFiles} from './checkpoint-files.ts'

/** What the container changed on its image: an archive of what is there, and a list of what is not there any more. */
export async function saveRootfs(engine: Engine, id: string, files: CheckpointFiles): Promise<void> {
  const changes = await diffContainer(engine, id)
  const kept = changes.filter(({kind}) => kind !== 'deleted').map(({path}) => path)
  const deleted = changes.filter(({kind}) => kind === 'deleted').map(({path}) => path)
  if (kept.length > 0)
    await withRootfs(engine, id, (rootfs) =>
      pipeline(packPaths(rootfs, kept), createWriteStream(files.path('rootfsDiff'), {mode: 0o600})),
    )
  if (deleted.length > 0) writeFileSync(files.path('deletedFiles'), JSON.stringify(deleted), {mode: 0o600})
}

/** The same on a container that is as its image. */
export async function restoreRootfs(engine: Engine, id: string, files: CheckpointFiles): Promise<void> {
  const [archive, list] = [files.path('rootfsDiff'), files.path('deletedFiles')]
  await withRootfs(engine, id, async (rootfs) => {
    if (existsSync(archive)) await unpackTree({source: createReadStream(archive), root: rootfs, path: '/'})
    for (const path of existsSync(list) ? namesIn(list) : []) remove(rootfs, path)
  })
}

function namesIn(path: string): string[] {
  const names: unknown = JSON.parse(readFileSync(path, 'utf8'))
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
  throw new EngineError('ERR_ARCHIVE_INVALID', `${path}: not a list of names`)
}

/** A link as the last part goes itself, not what it leads to. */
function remove(rootfs: string, path: string): void {
  const name = basename(path)
  if (name === '' || name === '.' || name === '..') return
  rmSync(join(resolveInRoot(rootfs, dirname(path)), name), {recursive: true, force: true})
}
