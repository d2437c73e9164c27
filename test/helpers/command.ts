import {spawn} from 'node:child_process'

export interface CommandOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** The command is killed and reported as failed after this time. Default two minutes. */
  readonly timeoutMs?: number
}

export interface CommandResult {
  readonly commandLine: string
  /** 128 + n when signal n ended it. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** The same bytes, for output that is no text. */
  readonly stdoutBytes: Buffer
}

/** Runs a program to its end. Never throws for an exit code. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const {input, env, cwd, timeoutMs = 120_000} = options
  const child = spawn(program, args, {cwd, env: {...process.env, ...env}, timeout: timeoutMs, killSignal: 'SIGKILL'})
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // The program may end before it has read all of its input.
  child.stdin.on('error', () => {})
  child.stdin.end(input ?? '')
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)))
  })
  const stdoutBytes = Buffer.concat(stdout)
  return {
    commandLine: [program, ...args].join(' '),
    exitCode,
    stdout: stdoutBytes.toString(),
    stderr: Buffer.concat(stderr).toString(),
    stdoutBytes,
  }
}

/** The output of a command that has to succeed, without its last newline. */
export async function outputOf(program: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  return requireSuccess(await runCommand(program, args, options))
}

export function requireSuccess(result: CommandResult): string {
  if (result.exitCode === 0) return result.stdout.replace(/\n$/, '')
  throw new Error(`${result.commandLine}: exit code ${result.exitCode}\n${result.stdout}${result.stderr}`)
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return {SIGINT: 2, SIGKILL: 9, SIGTERM: 15}[signal as string] ?? 0
}
