import {mkdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {rfc3339Now} from '../../define/time.ts'
import type {CheckpointOptions} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {cleanupHeld} from '../cleanup.ts'
import {type HeldContainer, isOneOf, statusName} from '../held-container.ts'
import {waitForEnd} from '../wait-for-end.ts'
import {changeContainer, synchronise} from '../with-container.ts'
import {refuse, requireCriu} from './require-criu.ts'
import {saveShm} from './shm-content.ts'

/** Saves a running container's processes in its own directory, and ends them unless they are to go on. */
export function checkpointContainer(engine: Engine, id: string, options: CheckpointOptions = {}): Promise<void> {
  refuse({...options}, ['exportPath', 'preCheckpoint', 'withPrevious', 'printStats'])
  return changeContainer(engine, id, async (held) => {
    held.require(['running'], `"${statusName(held.state)}" is not running, cannot checkpoint`)
    await requireCriu(held)
    const imagePath = checkpointPath(held)
    rmSync(imagePath, {recursive: true, force: true})
    mkdirSync(imagePath, {recursive: true, mode: 0o700})
    await held.ociRuntime.checkpoint(id, {
      imagePath,
      workPath: held.bundle,
      leaveRunning: options.leaveRunning ?? false,
      tcpEstablished: options.tcpEstablished ?? false,
      fileLocks: options.fileLocks ?? false,
      preDump: false,
    })
    await saveShm(held, imagePath)
    if (!options.leaveRunning) await settle(held)
    if (!options.keep) rmSync(join(held.bundle, 'dump.log'), {force: true})
    engine.events.container('checkpoint', held.config)
  })
}

export function checkpointPath({engine, id}: HeldContainer): string {
  return join(engine.state.layout.userData(id), 'checkpoint')
}

/** criu killed the processes; the shim says so as for any end. The policy must not start it again. */
async function settle(held: HeldContainer): Promise<void> {
  held.save({stoppedByUser: true, checkpointed: true, checkpointedAt: rfc3339Now(), restored: false})
  await waitForEnd(held.engine, held.id, undefined, 5000)
  synchronise(held)
  if (held.is('stopped')) await cleanupHeld(held)
  // It was not killed but put aside: podman shows no signal either.
  const {state} = held
  if (isOneOf(state, ['stopped', 'exited'])) held.save({state: {...state, exitCode: 0}})
}
