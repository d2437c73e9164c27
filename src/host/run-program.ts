import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {text} from 'node:stream/consumers'
import {EngineError} from '../errors/index.ts'
import {startError} from './start-error.ts'

export interface ProgramOptions {
  /** All of argv, the program's own name first. */
  readonly argv: readonly string[]
  /** All of its environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  readonly input: string
  readonly timeoutMs?: number
  readonly cwd?: string
}

/**
 * Runs a program whose argv and environment somebody else decided on, such as an OCI hook. Over its time it gets SIGKILL.
 * @throws as `run`
 */
export async function runProgram(program: string, options: ProgramOptions): Promise<void> {
  const [argv0, ...args] = options.argv
  const child = spawn(program, args, {
    argv0,
    env: {...options.env},
    cwd: options.cwd,
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  // A program that never reads its input closes the pipe.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input)
  const started = Date.now()
  const messages = text(child.stderr)
  messages.catch(() => {})
  const [exitCode, signal] = await once(child, 'exit').catch((cause: unknown) => {
    throw startError(program, cause)
  })
  if (exitCode === 0) return
  if (options.timeoutMs !== undefined && Date.now() - started >= options.timeoutMs)
    throw new EngineError('ERR_PROGRAM_FAILED', `timed out after ${options.timeoutMs} ms`)
  const said = (await messages).trimEnd().split('\n').at(-1)
  throw new EngineError('ERR_PROGRAM_FAILED', `${signal ?? `exit code ${exitCode}`}${said ? `: ${said}` : ''}`)
}
