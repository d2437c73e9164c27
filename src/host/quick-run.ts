import {MemoryFile} from './memory-file.ts'
import {exitOf, posixSpawn} from './posix-spawn.ts'

export interface QuickRunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** What it reads; without it stdin is empty. */
  readonly input?: string
  /** Also collect stdout; else it is thrown away. */
  readonly stdout?: boolean
  /** Lets stdin, and what the program prints, through to this process's own. */
  readonly inherit?: boolean
  /** Descriptors of ours that it gets from 3 on, to keep open while it runs. */
  readonly held?: readonly number[]
}

export interface QuickRunResult {
  /** 128 and the signal's number when a signal ended it. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program whose exit code the caller judges. For the few programs on the path of every container: `run` does
 * more, and takes several milliseconds longer.
 * @throws ERR_PROGRAM_MISSING
 */
export async function runQuick(
  program: string,
  args: readonly string[],
  options: QuickRunOptions = {},
): Promise<QuickRunResult> {
  const {env, cwd, inherit, held = []} = options
  using input = options.input === undefined ? undefined : new MemoryFile(options.input)
  using output = options.stdout ? new MemoryFile() : undefined
  using errors = new MemoryFile()
  const stdin = input?.descriptor ?? (inherit ? 0 : 'null')
  const stdout = output?.descriptor ?? (inherit ? 1 : 'null')
  const pid = posixSpawn(program, args, {env, cwd, descriptors: [stdin, stdout, errors.descriptor, ...held]})
  const exitCode = await exitOf(pid)
  return {exitCode, stdout: output?.text() ?? '', stderr: errors.text()}
}
