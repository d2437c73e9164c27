import {EngineError, type ErrorKind, hasCode} from '../errors/index.ts'

export const ENGINE_FAILED = 125
export const NOT_EXECUTABLE = 126
export const NOT_FOUND = 127
/** What a shell reports for a program that SIGPIPE ended. */
export const BROKEN_PIPE = 141

/** Ends the command with a code that is its result, not a failure: nothing is printed. */
export class ExitStatus extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit status ${exitCode}`)
    this.exitCode = exitCode
  }
}

/** The exit code of a failed command; those with codes of their own (rm, rmi, exists) map errors themselves. */
export function exitCodeOf(error: unknown): number {
  return error instanceof ExitStatus ? error.exitCode : ENGINE_FAILED
}

const RUN_CODES: Partial<Record<ErrorKind, number>> = {
  commandNotFound: NOT_FOUND,
  commandNotExecutable: NOT_EXECUTABLE,
}

/** The exit code when a container or exec session made for this command could not be started. */
export function startExitCode(error: unknown): number {
  if (!(error instanceof EngineError)) return ENGINE_FAILED
  return RUN_CODES[error.kind] ?? ENGINE_FAILED
}

/** Same for `run`, where every failure between creation and start is the command's: 127 by text, else 126. */
export function runExitCode(error: unknown): number {
  if (hasCode(error, 'ERR_INVALID_ARG') && error.message.includes('OCI runtime')) return ENGINE_FAILED
  const text = (error instanceof Error ? error.message : String(error)).toLowerCase()
  return /not found|no such file|executable path is empty/.test(text) ? NOT_FOUND : NOT_EXECUTABLE
}

/** The exit code of `rm`-like commands: 1 for what does not exist, 2 for what is in use or in the wrong state. */
export function codeWhenRemoving(error: unknown): number {
  if (!(error instanceof EngineError)) return ENGINE_FAILED
  if (error.kind === 'notFound') return 1
  return error.kind === 'inUse' || error.kind === 'invalidState' ? 2 : ENGINE_FAILED
}
