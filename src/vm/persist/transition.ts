import {EngineError} from '../../errors/index.ts'
import type {Status} from './records.ts'

/**
 * Where each status may lead. A machine that dies before its first start leaves ready for stopped; the other ways are
 * those of virtcontainers' pods.
 */
const transitions: Readonly<Record<Status, readonly Status[]>> = {
  ready: ['running', 'stopped'],
  running: ['stopped'],
  stopped: ['running'],
}

/** The state with its new status. Staying where one is is allowed. @throws ERR_OCI_STATE */
export function transition<T extends {readonly status: Status}>(name: string, state: T, status: Status): T {
  if (state.status === status) return state
  if (!transitions[state.status].includes(status))
    throw new EngineError('ERR_OCI_STATE', `cannot move ${name} from ${state.status} to ${status}`)
  return {...state, status}
}
