import {spawn} from 'node:child_process'
import {constants} from 'node:os'
import {EngineError, isErrno} from '../errors/index.ts'

export interface QuickRunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** What it reads; without it stdin is empty. */
  readonly input?: string
  /** Also collect stdout; else it is thrown away. */
  readonly stdout?: boolean
  /** Lets stdin, and what the program prints, through to this process's own. */
  readonly inherit?: boolean
}

export interface QuickRunResult {
  /** 128 and the signal's number when a signal ended it. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program whose exit code the caller judges. For the few programs on the path of every container: `run` does
 * more, and takes two milliseconds longer.
 * @throws ERR_PROGRAM_MISSING
 */
export function runQuick(
  program: string,
  args: readonly string[],
  options: QuickRunOptions = {},
): Promise<QuickRunResult> {
  const output = options.inherit ? 'inherit' : options.stdout ? 'pipe' : 'ignore'
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env as NodeJS.ProcessEnv | undefined,
    stdio: [options.inherit ? 'inherit' : options.input === undefined ? 'ignore' : 'pipe', output, 'pipe'],
  })
  // A program that ends before it has read everything closes the pipe.
  child.stdin?.on('error', () => {}).end(options.input)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(isErrno(cause, 'ENOENT') ? new EngineError('ERR_PROGRAM_MISSING', program, {cause}) : cause),
    )
    child.once('close', (code, signal) =>
      resolve({exitCode: code ?? signalExitCode(signal), stdout: text(stdout), stderr: text(stderr)}),
    )
  })
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString()
}

function signalExitCode(signal: NodeJS.Signals | null): number {
  return 128 + (signal ? constants.signals[signal] : 0)
}
