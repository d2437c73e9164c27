import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import type {Readable, Writable} from 'node:stream'
import {text} from 'node:stream/consumers'
import {EngineError, isErrno} from '../errors/index.ts'
import {startError} from './start-error.ts'

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

/** Runs a program as `run` does and returns the bytes that it printed. */
export async function runForBytes(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Uint8Array> {
  const {stdout} = await runWith(program, args, options, 'latin1')
  return Buffer.from(stdout, 'latin1')
}

/**
 * Runs a program to its end and returns what it printed. It dies with this process.
 * @throws ERR_PROGRAM_MISSING when it is not there, ERR_PROGRAM_FAILED with the last line of its stderr otherwise
 */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return runWith(program, args, options, 'utf8')
}

async function runWith(
  program: string,
  args: readonly string[],
  options: RunOptions,
  encoding: 'utf8' | 'latin1',
): Promise<RunResult> {
  const {execa} = await import('execa')
  const result = await execa(program, args, {
    encoding,
    input: options.input,
    env: options.env,
    cwd: options.cwd,
    timeout: options.timeoutMs,
    reject: false,
    stripFinalNewline: false,
  })
  if (isErrno(result.cause, 'ENOENT')) throw startError(program, result.cause)
  const exitCode = result.exitCode ?? 128
  if (exitCode !== 0 && !options.allowedExitCodes?.includes(exitCode)) {
    const reason = lastLine(result.stderr) || lastLine(result.stdout) || result.shortMessage || `exit code ${exitCode}`
    throw new EngineError('ERR_PROGRAM_FAILED', `${program}: ${reason}`, {cause: result})
  }
  return {exitCode, stdout: result.stdout, stderr: result.stderr}
}

/** Where a program reads and writes: descriptors of this process, which stay open. */
export interface PipeOptions {
  readonly stdin?: number
  readonly stdout?: number
}

/**
 * Runs a program with its streams on the given descriptors, byte for byte. execa has no descriptors of the caller's.
 * @throws as `run`, and EPIPE when the reader of `stdout` has gone
 */
export async function pipeThrough(program: string, args: readonly string[], options: PipeOptions): Promise<void> {
  const {stdin = 'ignore', stdout = 'ignore'} = options
  const child = spawn(program, args, {stdio: [stdin, stdout, 'pipe']})
  await succeeded(child, program, child.stderr ? text(child.stderr) : '')
}

/** A program between two streams: what is written to `input` comes out of `output` as the program made it. */
export interface Filter {
  readonly input: Writable
  readonly output: Readable
  /** @throws as `run`, after `output` has ended */
  readonly ended: Promise<void>
  kill(): void
}

/** Starts a program that filters its standard input to its standard output. */
export function filter(program: string, args: readonly string[]): Filter {
  const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'pipe']})
  return {
    input: child.stdin,
    output: child.stdout,
    ended: succeeded(child, program, text(child.stderr)),
    kill: () => child.kill('SIGKILL'),
  }
}

async function succeeded(child: ChildProcess, program: string, stderr: Promise<string> | string): Promise<void> {
  const [exitCode, signal] = await once(child, 'close').catch((cause: unknown) => {
    throw startError(program, cause)
  })
  if (signal === 'SIGPIPE') throw Object.assign(new Error(`${program}: write EPIPE`), {code: 'EPIPE'})
  if (exitCode !== 0)
    throw new EngineError(
      'ERR_PROGRAM_FAILED',
      `${program}: ${lastLine(await stderr) || signal || `exit code ${exitCode}`}`,
    )
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}
