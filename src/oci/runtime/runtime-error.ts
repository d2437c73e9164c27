import {readFileSync} from 'node:fs'
import {EngineError, isErrno} from '../../errors/index.ts'

const PERMISSION = /.*permission denied.*|.*operation not permitted.*/i
const NOT_FOUND = /.*executable file not found in.*|.*no such file or directory.*|.*open executable.*/i

/** The error for what a runtime said, told by its words as podman tells it: the matching line, the verdict behind it. */
export function runtimeError(runtime: string, output: string): EngineError {
  const said = output.trim()
  const message = said.startsWith(`${runtime}: `) ? said.slice(runtime.length + 2) : said
  const denied = PERMISSION.exec(message)
  if (denied) return new EngineError('ERR_OCI_PERMISSION_DENIED', `${runtime}: ${denied[0].trim()}`)
  const missing = NOT_FOUND.exec(message)
  if (missing) return new EngineError('ERR_OCI_COMMAND_NOT_FOUND', `${runtime}: ${missing[0].trim()}`)
  return new EngineError('ERR_OCI_RUNTIME', `OCI runtime error: ${runtime}: ${message}`)
}

/** The last error of a runtime's JSON log, or undefined when it wrote none. */
export function lastLoggedError(logPath: string): string | undefined {
  const entries = readText(logPath).split('\n').flatMap(parseEntry)
  return entries.findLast(({level}) => level === 'error' || level === 'fatal')?.msg ?? entries.at(-1)?.msg
}

/** Warnings in a runtime's JSON log. */
export function loggedWarnings(logPath: string): readonly string[] {
  return readText(logPath)
    .split('\n')
    .flatMap(parseEntry)
    .flatMap(({level, msg}) => (level === 'warning' ? [msg] : []))
}

/**
 * What a runtime printed, without its log format around it: `time="…" level=error msg="…"` of runc's text log, and lines
 * below error level when there is an error.
 */
export function plainMessage(output: string): string {
  const lines = output.trim().split('\n')
  const logged = lines.flatMap((line) => {
    const match = /level=(\w+) msg="((?:[^"\\]|\\.)*)"/.exec(line)
    return match ? [{level: match[1], msg: unquote(match[2] ?? '')}] : []
  })
  return logged.findLast(({level}) => level === 'error' || level === 'fatal')?.msg ?? lines.join('\n')
}

interface LogEntry {
  readonly level: string
  readonly msg: string
}

function parseEntry(line: string): LogEntry[] {
  if (line.trim() === '') return []
  try {
    const {level, msg} = JSON.parse(line) as Partial<LogEntry>
    return typeof msg === 'string' ? [{level: level ?? '', msg}] : []
  } catch {
    return []
  }
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character === 't' ? '\t' : character,
  )
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return ''
    throw error
  }
}
