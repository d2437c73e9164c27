import {EngineError, isErrno} from '../errors/index.ts'

export interface RunOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly timeoutMs?: number
  /** Exit codes besides 0 that are no error. */
  readonly allowedExitCodes?: readonly number[]
}

export interface RunResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program to its end and returns what it printed. It dies with this process.
 * @throws ERR_PROGRAM_MISSING when it is not there, ERR_PROGRAM_FAILED with the last line of its stderr otherwise
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const {execa} = await import('execa')
  const result = await execa(program, args, {
    input: options.input,
    env: options.env,
    cwd: options.cwd,
    timeout: options.timeoutMs,
    reject: false,
    stripFinalNewline: false,
  })
  if (isErrno(result.cause, 'ENOENT')) throw new EngineError('ERR_PROGRAM_MISSING', program, {cause: result.cause})
  const exitCode = result.exitCode ?? 128
  if (exitCode !== 0 && !options.allowedExitCodes?.includes(exitCode)) {
    const reason = lastLine(result.stderr) || lastLine(result.stdout) || result.shortMessage || `exit code ${exitCode}`
    throw new EngineError('ERR_PROGRAM_FAILED', `${program}: ${reason}`, {cause: result})
  }
  return {exitCode, stdout: result.stdout, stderr: result.stderr}
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}
