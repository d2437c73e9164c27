import {hasCode} from '../../errors/index.ts'
import type {WaitCondition, WaitOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {keptExitCode} from './exit-codes.ts'
import {statusName} from './held-container.ts'
import {observe} from './observe.ts'
import {waitForEnd} from './wait-for-end.ts'

const DEFAULT_INTERVAL_MS = 250

/** Waits for one of the conditions; the exit code, or -1 when it was another than an end. */
export async function waitContainer(engine: Engine, id: string, options: WaitOptions = {}): Promise<number> {
  const conditions = options.conditions ?? ['stopped', 'exited']
  const onlyEnd = conditions.every((condition) => condition === 'stopped' || condition === 'exited')
  for (;;) {
    const met = look(engine, id, conditions)
    if (met !== undefined) return met
    if (options.signal?.aborted) return -1
    if (onlyEnd && isLive(engine, id)) await waitForEnd(engine, id, options.signal)
    else await delay(options.intervalMs ?? DEFAULT_INTERVAL_MS, options.signal)
  }
}

/** The exit code when a condition is met. A container that was removed while we waited has ended. */
function look(engine: Engine, id: string, conditions: readonly WaitCondition[]): number | undefined {
  const run = observe(engine.state.layout, id, engine.state.run(id))
  if (run.state.status === 'configured' && !engine.state.exists(id)) return gone(engine, id, conditions)
  const {state} = run
  const names = new Set<string>([podmanName(state.status), statusName(state)])
  // Between the two lies only the cleanup: who waits for one has what he wants with the other.
  if (names.has('stopped') || names.has('exited')) names.add('stopped').add('exited')
  if (run.health) names.add(run.health)
  if (!conditions.some((condition) => names.has(condition))) return undefined
  return state.status === 'stopped' || state.status === 'exited' ? state.exitCode : -1
}

/** @throws ERR_NO_SUCH_CTR unless its end was what we waited for */
function gone(engine: Engine, id: string, conditions: readonly WaitCondition[]): number {
  if (conditions.some((condition) => ['stopped', 'exited', 'removing'].includes(condition)))
    return keptExitCode(engine, id) ?? -1
  try {
    engine.state.summary(id)
  } catch (error) {
    if (hasCode(error, 'ERR_NO_SUCH_CTR')) throw error
  }
  return -1
}

function podmanName(status: string): string {
  return status === 'created' ? 'initialized' : status
}

function isLive(engine: Engine, id: string): boolean {
  return !['configured', 'removing'].includes(engine.state.run(id).state.status)
}

function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      {once: true},
    )
  })
}
