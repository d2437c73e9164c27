import {readFileSync, rmSync} from 'node:fs'
import {EngineError, hasCode, isErrno} from '../../errors/index.ts'
import type {ContainerConfig} from '../define/container-config.ts'
import type {RemoveOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {cleanupHeld} from './cleanup-held.ts'
import type {HeldContainer} from './held-container.ts'

/** Removes a container that does not run. The caller holds its lock. */
export async function removeHeld(held: HeldContainer, options: RemoveOptions): Promise<void> {
  const {engine, config, id} = held
  const dependents = engine.state.dependents(id)
  if (dependents.length > 0) throw hasDependents(id, dependents)
  await cleanupHeld(held, {status: 'removing', ...(options.volumes && {volumes: true})})
  await engine.trace.time('remove record', () =>
    engine.state.remove(config, async () => {
      await engine.trace.time('layer remove', () => engine.layers.removeContainerLayer(id))
      if (options.volumes) await removeAnonymousVolumes(engine, config)
    }),
  )
  removeCidFile(config)
  engine.events.container('remove', config)
}

/** Volumes that others use as well stay. */
async function removeAnonymousVolumes(engine: Engine, config: ContainerConfig): Promise<void> {
  for (const mount of config.mounts) {
    if (mount.type !== 'volume' || !engine.volumes.find(mount.name)?.anonymous) continue
    await engine.volumes.remove(mount.name).catch((error: unknown) => {
      if (!hasCode(error, 'ERR_VOLUME_IN_USE', 'ERR_NO_SUCH_VOLUME')) throw error
    })
  }
}

/** A file of that name that is about another container by now, or in another directory, stays. */
function removeCidFile({id, cidFile}: ContainerConfig): void {
  if (!cidFile) return
  try {
    if (readFileSync(cidFile, 'utf8') === id) rmSync(cidFile)
  } catch (error) {
    if (!isErrno(error, 'ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES')) throw error
  }
}

export function hasDependents(id: string, dependents: readonly string[]): EngineError {
  return new EngineError(
    'ERR_CTR_HAS_DEPENDENTS',
    `container ${id} has dependent containers which must be removed before it: ${dependents.join(', ')}`,
  )
}
