import {rmSync} from 'node:fs'
import type {State as OciState} from '../../oci/types/runtime-spec.ts'
import {rfc3339Now} from '../define/time.ts'
import {type HeldContainer, isOneOf} from './held-container.ts'
import {releaseResources} from './release-resources.ts'
import {removeHeld} from './remove-held.ts'
import {repairNetworks} from './repair-networks.ts'
import {shimPidFilePath} from './shim-request.ts'

/**
 * Puts a container right whose last change was cut off by a kill. The OCI runtime and the shim say what is; the record
 * says what had been reached. What had not been recorded as there is taken down.
 */
export async function recover(held: HeldContainer): Promise<void> {
  const {state} = held
  if (state.status === 'removing') return removeHeld(held, {volumes: state.volumes})
  if (isOneOf(state, ['configured', 'exited'])) return takeDown(held)
  if (!isOneOf(state, ['created', 'running', 'paused', 'stopping'])) return
  correct(held, await held.ociRuntime.state(held.id))
  await repairNetworks(held)
}

/** The shim goes first: it would otherwise run the exit command for a container that never was. */
async function takeDown(held: HeldContainer): Promise<void> {
  const {engine, id, config} = held
  const {layout} = engine.state
  const {shim} = engine.shim.load(id, shimPidFilePath(engine, config), layout.exitFile(id), layout.persist(id))
  if (shim) killProcess(shim.pid)
  await releaseResources(held, {deleteFromRuntime: true})
  rmSync(layout.exitFile(id), {force: true})
}

function correct(held: HeldContainer, actual: OciState | undefined): void {
  const {state} = held
  if (!actual || !isOneOf(state, ['created', 'running', 'paused', 'stopping'])) return
  if (actual.status === 'running' && state.status === 'created')
    held.save({state: {...state, status: 'running', startedAt: rfc3339Now()}})
  else if (actual.status === 'paused' && state.status === 'running') held.save({state: {...state, status: 'paused'}})
  else if (actual.status === 'running' && state.status === 'paused') held.save({state: {...state, status: 'running'}})
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It went by itself.
  }
}
