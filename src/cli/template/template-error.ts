import {EngineError} from '../../errors/index.ts'

/** A refused or failed template, worded as Go words it. */
export function templateError(message: string): EngineError {
  return new EngineError('ERR_REFUSED', `template: ${message}`)
}

/** A function's own failure (`index out of range`); the evaluator adds where it was called. */
export class FunctionError extends Error {}
