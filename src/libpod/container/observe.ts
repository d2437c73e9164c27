import {identifyProcess, isAlive} from '../../host/index.ts'
import {readExitFile} from '../../shim/index.ts'
import type {ContainerRun} from '../define/container-run.ts'
import type {ContainerState} from '../define/container-state.ts'
import {rfc3339Now} from '../define/time.ts'
import type {Layout} from '../state/layout.ts'
import {isOneOf, liveStatuses} from './held-container.ts'

/** Nobody saw how it ended. */
const UNKNOWN_EXIT_CODE = -1

/**
 * What is true of a container that was recorded as `run`: a live one whose shim wrote an exit file has stopped, and so has
 * one that is gone together with its shim. Reads only; needs no lock.
 */
export function observe(layout: Layout, id: string, run: ContainerRun): ContainerRun {
  const {state} = run
  if (!isOneOf(state, liveStatuses)) return run
  const ended = endOf(layout, id, state)
  return ended ? {...run, state: ended} : run
}

type Live = Extract<ContainerState, {shimPid: number}>

function endOf(layout: Layout, id: string, state: Live): ContainerState | undefined {
  const startedAt = 'startedAt' in state ? state.startedAt : rfc3339Now()
  const exit = readExitFile(layout.exitFile(id), layout.persist(id))
  if (exit) return {status: 'stopped', startedAt, ...exit}
  if (isAlive(state.process) || isShimAlive(state)) return undefined
  // The shim may have written it and ended between the two looks.
  const late = readExitFile(layout.exitFile(id), layout.persist(id))
  const lost = {exitCode: UNKNOWN_EXIT_CODE, finishedAt: rfc3339Now(), oomKilled: false}
  return {status: 'stopped', startedAt, ...(late ?? lost)}
}

export function isShimAlive({shim, shimPid}: Live): boolean {
  return shim ? isAlive(shim) : identifyProcess(shimPid) !== undefined
}
