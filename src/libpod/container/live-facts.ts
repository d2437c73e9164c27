import {identifyProcess, type ProcessIdentity} from '../../host/index.ts'
import type {ShimmedProcess} from '../../shim/index.ts'

export interface LiveFacts {
  readonly pid: number
  readonly process: ProcessIdentity
  readonly shimPid: number
  readonly shim?: ProcessIdentity
}

/**
 * Pid and start time of a new container's processes. One that is gone already gets a start time that no process has:
 * its exit file will tell.
 */
export function liveFacts({pid, shimPid}: ShimmedProcess): LiveFacts {
  const shim = identifyProcess(shimPid)
  return {pid, process: identifyProcess(pid) ?? {pid, startTicks: 0}, shimPid, ...(shim && {shim})}
}
