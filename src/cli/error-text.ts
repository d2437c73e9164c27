import {EngineError, isErrno, systemReason} from '../errors/index.ts'

/** `Error: TEXT`, the one line that a failure prints. */
export function errorLine(error: unknown): string {
  return `Error: ${errorText(error)}`
}

export function errorText(error: unknown): string {
  if (error instanceof EngineError) return error.message.replace(/: $/, '')
  if (isErrno(error)) return `${[error.syscall, error.path].filter(Boolean).join(' ')}: ${systemReason(error)}`
  return error instanceof Error ? error.message : String(error)
}

/** What `--log-level debug` adds: where it was thrown, and what caused it. */
export function errorTrace(error: unknown): string {
  const lines: string[] = []
  for (let cause = error; cause instanceof Error; cause = cause.cause) lines.push(cause.stack ?? cause.message)
  if (error instanceof EngineError) for (const failure of error.undoFailures) lines.push(`while undoing: ${failure}`)
  return lines.join('\ncaused by ')
}
