import {EngineError} from '../../errors/index.ts'
import type {LockFile} from '../../host/index.ts'
import type {AttachSession} from '../define/attach.ts'
import {rfc3339Now} from '../define/time.ts'
import type {StartOptions} from '../define/verb-options.ts'
import {attend} from './attend.ts'
import {startHealthTimer} from './health/health-timer.ts'
import {type HeldContainer, isOneOf} from './held-container.ts'
import {initHeld} from './init-held.ts'
import {notifyReady} from './notify-ready.ts'
import {openAttach} from './open-attach.ts'
import {type StartPace, tellMade, untilStarted} from './start-pace.ts'

export interface Started {
  readonly attach?: AttachSession
  /** Held while the caller attends the container, when it asked to. */
  readonly foreground?: LockFile
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
