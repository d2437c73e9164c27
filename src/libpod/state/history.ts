import {existsSync} from 'node:fs'
import {writeJson} from '../../host/index.ts'
import type {ContainerRun} from '../define/container-run.ts'
import {containerRunVersion} from '../define/container-run.ts'
import type {Ended} from '../define/container-state.ts'
import {type DocumentKind, readDocument} from './documents.ts'
import type {Layout} from './layout.ts'

const history: DocumentKind = {version: 1, migrations: {}}

/**
 * What outlives a reboot of a container's runs. Without it a container that ran would look as if it never had. It is not
 * fsynced: losing the last line of it to a power cut loses no container.
 */
export interface RunHistory {
  readonly version: number
  readonly startedAt: string
  readonly finishedAt?: string
  readonly exitCode?: number
  readonly oomKilled?: boolean
  readonly stoppedByUser: boolean
  readonly restartCount: number
}

export function readHistory(layout: Layout, id: string): RunHistory | undefined {
  return readDocument<RunHistory>(layout.history(id), history)
}

/** Notes what a changed run adds to the history: a start, an end. Nothing new needs no write. */
export function noteHistory(layout: Layout, id: string, run: ContainerRun, previous?: ContainerRun): void {
  const entry = entryOf(run)
  if (!entry || JSON.stringify(entry) === JSON.stringify(previous && entryOf(previous))) return
  // A container that is being removed has no directory any more, and must not get one back.
  if (existsSync(layout.container(id))) writeJson(layout.history(id), entry, {durable: false})
}

function entryOf({state, stoppedByUser, restartCount}: ContainerRun): RunHistory | undefined {
  if (state.status !== 'running' && state.status !== 'stopped' && state.status !== 'exited') return undefined
  const end = state.status === 'running' ? {} : endOf(state)
  return {version: 1, startedAt: state.startedAt, ...end, stoppedByUser, restartCount}
}

/** The run of a container after a reboot: what ran has ended, what was mounted is not. */
export function runAfterReboot(past: RunHistory, now: string): ContainerRun {
  return {
    version: containerRunVersion,
    state: {
      status: 'exited',
      startedAt: past.startedAt,
      finishedAt: past.finishedAt ?? now,
      exitCode: past.exitCode ?? LOST_EXIT_CODE,
      oomKilled: past.oomKilled ?? false,
    },
    restartCount: past.restartCount,
    stoppedByUser: past.stoppedByUser,
  }
}

/** A process that was running when the power went was killed, and nobody saw it. */
const LOST_EXIT_CODE = 137

function endOf({finishedAt, exitCode, oomKilled}: Ended): Partial<RunHistory> {
  return {finishedAt, exitCode, oomKilled}
}
