import {EngineError} from './engine-error.ts'

/** The same failure with what was being done before its message; an error of another kind stays as it is. */
export function inContext(context: string, error: unknown): unknown {
  if (!(error instanceof EngineError)) return error
  const told = new EngineError(error.code, undefined, {cause: error})
  told.message = `${context}: ${error.message}`
  return told
}
