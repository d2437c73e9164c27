import {type ErrorCode, type ErrorKind, errorTable} from './error-table.ts'

/**
 * The one error class. `message` is `DETAIL: SUMMARY`, as podman words it; callers branch on `code`, never on text.
 *
 * `new EngineError('ERR_NO_SUCH_CTR', 'no container with name or ID "web" found')` reads
 * `no container with name or ID "web" found: no such container`.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: ErrorCode
  /** Failures of undo steps that ran because of this error; see `UndoStack`. */
  readonly undoFailures: unknown[] = []

  constructor(code: ErrorCode, detail?: string, options?: {readonly cause?: unknown}) {
    super([detail, errorTable[code].summary].filter(Boolean).join(': '), options)
    this.code = code
  }

  get kind(): ErrorKind {
    return errorTable[this.code].kind
  }
}

/** True when `error` is an EngineError with this code. */
export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is EngineError {
  return error instanceof EngineError && codes.includes(error.code)
}

/** True when `error` is a system error (`ENOENT`, `EEXIST`, …) with one of these codes, or with any when none is named. */
export function isErrno(error: unknown, ...codes: readonly string[]): error is NodeJS.ErrnoException {
  if (!(error instanceof Error) || !('code' in error)) return false
  return codes.length === 0 ? 'errno' in error : codes.includes(String(error.code))
}
