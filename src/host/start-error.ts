import {EngineError, isErrno} from '../errors/index.ts'

/** Why a program could not be started: ERR_PROGRAM_MISSING when it is not there, else the system's error as it is. */
export function startError(program: string, cause: unknown): unknown {
  return isErrno(cause, 'ENOENT') ? new EngineError('ERR_PROGRAM_MISSING', program, {cause}) : cause
}
