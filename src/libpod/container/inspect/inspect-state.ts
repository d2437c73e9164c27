import {cgroupPathsOf} from '../../../host/index.ts'
import type {InspectState} from '../../define/inspect-container.ts'
import {zeroTime} from '../../define/time.ts'
import {inspectHealth} from '../health/inspect-health.ts'
import {type HeldContainer, isOneOf, liveStatuses, statusName} from '../held-container.ts'

/** The runtime-spec version of the config.json that we write. */
const OCI_VERSION = '1.0.2'

export function inspectState(held: HeldContainer): InspectState {
  const {state, run, config} = held
  const live = isOneOf(state, liveStatuses) ? state : undefined
  const ended = isOneOf(state, ['stopped', 'exited']) ? state : undefined
  const cgroup = live ? cgroupPath(live.pid) : undefined
  return {
    OciVersion: OCI_VERSION,
    Status: statusName(state),
    Running: state.status === 'running',
    Paused: state.status === 'paused',
    Restarting: run.restarting ?? false,
    OOMKilled: ended?.oomKilled ?? false,
    Dead: false,
    Pid: live?.pid ?? 0,
    ...(live && {ConmonPid: live.shimPid}),
    ExitCode: ended?.exitCode ?? 0,
    Error: run.error ?? '',
    StartedAt: 'startedAt' in state ? state.startedAt : zeroTime,
    FinishedAt: ended?.finishedAt ?? zeroTime,
    ...(config.hasHealthcheck && {Health: inspectHealth(held)}),
    ...(run.checkpointed && {Checkpointed: true}),
    ...(cgroup && {CgroupPath: cgroup}),
    CheckpointedAt: run.checkpointedAt ?? zeroTime,
    RestoredAt: run.restoredAt ?? zeroTime,
    ...(run.restored && {Restored: true}),
    ...(run.stoppedByUser && {StoppedByUser: true}),
  }
}

function cgroupPath(pid: number): string | undefined {
  try {
    const paths = cgroupPathsOf(pid)
    return paths.get('memory') ?? paths.get('pids') ?? paths.get('')
  } catch {
    return undefined
  }
}
