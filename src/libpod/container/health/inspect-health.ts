import type {InspectHealth} from '../../define/inspect-container.ts'
import type {HeldContainer} from '../held-container.ts'
import {readHealth} from './health-record.ts'

/** The health as `inspect` shows it. */
export function inspectHealth({engine, id}: HeldContainer): InspectHealth {
  const {Status, FailingStreak, Log} = readHealth(engine.state.layout, id)
  return {Status, FailingStreak, Log: Log.length === 0 ? null : Log}
}
