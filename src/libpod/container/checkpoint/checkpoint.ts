import {mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../../errors/index.ts'
import {rfc3339Now} from '../../define/time.ts'
import type {CheckpointOptions, CheckpointReport} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {cleanupHeld} from '../cleanup-held.ts'
import {type HeldContainer, isOneOf, statusName} from '../held-container.ts'
import {removeHeld} from '../remove-held.ts'
import {waitForEnd} from '../wait-for-end.ts'
import {changeContainer, synchronise} from '../with-container.ts'
import {archiveNames, CheckpointFiles} from './checkpoint-files.ts'
import {readCriuStatistics} from './criu-statistics.ts'
import {exportCheckpoint, requireExportable} from './export-checkpoint.ts'
import {saveNetworkStatus} from './network-status.ts'
import {requireCriu, requireMemoryTracking} from './require-criu.ts'
import {saveShm} from './shm-content.ts'

/**
 * Saves a running container's processes in its own directory, and in an archive or image when asked to; ends them unless
 * they are to go on.
 */
export function checkpointContainer(
  engine: Engine,
  id: string,
  options: CheckpointOptions = {},
): Promise<CheckpointReport> {
  return changeContainer(engine, id, async (held) => {
    await requirePossible(held, options)
    const runtimeMicroseconds = await dump(held, options)
    await saveShm(held)
    saveNetworkStatus(held)
    if (options.exportPath) await exportCheckpoint(held, options.exportPath, options)
    if (options.imageName) await (await import('./checkpoint-image.ts')).makeImage(held, options.imageName, options)
    const statistics = join(held.bundle, archiveNames.statistics)
    const report = {
      runtimeMicroseconds,
      ...(options.printStats && {criu: readCriuStatistics(statistics, 'dump')}),
    }
    if (!options.keep) for (const path of [join(held.bundle, 'dump.log'), statistics]) rmSync(path, {force: true})
    engine.events.container('checkpoint', held.config)
    if (!options.leaveRunning && !options.preCheckpoint) await settle(held)
    return report
  })
}

async function requirePossible(held: HeldContainer, options: CheckpointOptions): Promise<void> {
  held.require(['running'], `"${statusName(held.state)}" is not running, cannot checkpoint`)
  await requireCriu(held)
  const leaves = options.exportPath !== undefined || options.imageName !== undefined
  if (held.config.autoRemove && options.exportPath === undefined)
    throw new EngineError(
      'ERR_REFUSED',
      "cannot checkpoint containers that have been started with '--rm' unless '--export' is used",
    )
  if (leaves) requireExportable(held)
  if (options.preCheckpoint || options.withPrevious) await requireMemoryTracking()
}

/** Microseconds that the runtime took. */
async function dump(held: HeldContainer, options: CheckpointOptions): Promise<number> {
  const files = new CheckpointFiles(held.engine, held.id)
  if (!options.withPrevious) rmSync(files.path('preImages'), {recursive: true, force: true})
  const imagePath = files.path(options.preCheckpoint ? 'preImages' : 'images')
  rmSync(imagePath, {recursive: true, force: true})
  mkdirSync(imagePath, {recursive: true, mode: 0o700})
  const begun = performance.now()
  await held.ociRuntime.checkpoint(held.id, {
    imagePath,
    workPath: held.bundle,
    leaveRunning: options.leaveRunning ?? false,
    tcpEstablished: options.tcpEstablished ?? false,
    fileLocks: options.fileLocks ?? false,
    preDump: options.preCheckpoint ?? false,
    // criu wants it relative to the images.
    ...(options.withPrevious && {parentPath: join('..', archiveNames.preImages)}),
  })
  return Math.round((performance.now() - begun) * 1000)
}

/** criu killed the processes; the shim says so as for any end. The policy must not start it again. */
async function settle(held: HeldContainer): Promise<void> {
  held.save({stoppedByUser: true, checkpointed: true, checkpointedAt: rfc3339Now(), restored: false})
  await waitForEnd(held.engine, held.id, undefined, 5000)
  synchronise(held)
  if (held.config.autoRemove && held.is('stopped')) return removeHeld(held, {volumes: true})
  if (held.is('stopped')) await cleanupHeld(held)
  // It was not killed but put aside: podman shows no signal either.
  const {state} = held
  if (isOneOf(state, ['stopped', 'exited'])) held.save({state: {...state, exitCode: 0}})
}
