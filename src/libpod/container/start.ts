import {EngineError} from '../../errors/index.ts'
import type {LockFile} from '../../host/index.ts'
import type {AttachSession} from '../define/attach.ts'
import {rfc3339Now} from '../define/time.ts'
import type {StartOptions} from '../define/verb-options.ts'
import type {Engine} from '../engine.ts'
import {openAttach} from './attach.ts'
import {attend} from './attend.ts'
import {startDependencies} from './dependencies.ts'
import {startHealthTimer} from './health/health-timer.ts'
import {type HeldContainer, isOneOf} from './held-container.ts'
import {initHeld} from './init.ts'
import {notifyReady} from './notify-ready.ts'
import {type StartPace, tellMade, untilStarted} from './start-pace.ts'
import {changeContainer} from './with-container.ts'

export interface Started {
  readonly attach?: AttachSession
  /** Held while the caller attends the container, when it asked to. */
  readonly foreground?: LockFile
}

export async function startContainer(
  engine: Engine,
  id: string,
  options: StartOptions = {},
  pace: StartPace = {},
): Promise<Started> {
  if (options.recursive !== false && !pace.needed) await startDependencies(engine, id)
  return changeContainer(engine, id, (held) => startUnlessRunning(held, options, pace))
}

async function startUnlessRunning(held: HeldContainer, options: StartOptions, pace: StartPace): Promise<Started> {
  if (held.is('running', 'paused')) return options.attach ? {attach: await openAttach(held, options.attach)} : {}
  held.require(
    ['configured', 'created', 'stopped', 'exited'],
    `container ${held.id} must be in Created or Stopped state to be started`,
  )
  if (held.run.restartCount > 0 || held.run.stoppedByUser) held.save({restartCount: 0, stoppedByUser: false})
  return startHeld(held, options, pace)
}

/** Initialises when that is still to do, connects, and lets it run. */
export async function startHeld(
  held: HeldContainer,
  options: StartOptions = {},
  {onMade, needed}: StartPace = {},
): Promise<Started> {
  const before = held.state
  try {
    if (!held.is('created')) await initHeld(held, {preserveFDs: options.preserveFDs, namespacesMade: needed?.made})
    if (onMade) tellMade(held, onMade)
    if (needed) await untilStarted(held, needed.started, before)
    const foreground = options.foreground ? await attend(held) : undefined
    const attach = options.attach ? await openAttach(held, options.attach) : undefined
    await run(held, attach)
    return {...(attach && {attach}), ...(foreground && {foreground})}
  } catch (error) {
    held.save({error: (error as Error).message})
    throw error
  }
}

async function run(held: HeldContainer, attach: AttachSession | undefined): Promise<void> {
  const {engine, id, state} = held
  if (!isOneOf(state, ['created'])) throw new EngineError('ERR_INTERNAL', `container ${id} was not initialised`)
  const startedAt = rfc3339Now()
  try {
    await engine.trace.time('oci start', () => held.ociRuntime.start(id))
  } catch (error) {
    attach?.detach()
    throw error
  }
  held.save({state: {...state, status: 'running', startedAt}})
  engine.events.container('start', held.config)
  if (attach) engine.events.container('attach', held.config)
  notifyReady(held)
  startHealthTimer(held)
}
