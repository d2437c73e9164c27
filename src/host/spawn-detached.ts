import {spawn} from 'node:child_process'
import {constants} from 'node:os'
import type {Readable} from 'node:stream'
import {startError} from './start-error.ts'

export interface DetachedOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Descriptor, `ignore` or `pipe` for each of the child's descriptors. Default: all ignored. */
  readonly stdio?: readonly (number | 'ignore' | 'pipe')[]
}

export interface DetachedProcess {
  readonly pid: number
  /** The readable ends of its `pipe` descriptors, by descriptor. */
  readonly pipes: Readonly<Record<number, Readable>>
  /** Resolves when it ends while we still live: how, as a shell would say it (`exit code 1`, `SIGKILL`). */
  readonly ended: Promise<string>
  /** The same as a number: 128 and the signal's number when one ended it. */
  readonly exitCode: Promise<number>
  /** Stops it from keeping this process alive. */
  release(): void
}

/**
 * Starts a program that outlives this process: in a session of its own, so that no terminal's signal reaches it.
 * @throws ERR_PROGRAM_MISSING
 */
export async function spawnDetached(
  program: string,
  args: readonly string[],
  options: DetachedOptions = {},
): Promise<DetachedProcess> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: [...(options.stdio ?? ['ignore', 'ignore', 'ignore'])],
  })
  const exit = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) =>
    child.once('exit', (code, signal) => resolve([code, signal])),
  )
  await spawned(child, program)
  const pipes = Object.fromEntries(
    child.stdio.flatMap((stream, index) =>
      stream && 'readable' in stream && stream.readable ? [[index, stream]] : [],
    ),
  ) as Record<number, Readable>
  return {
    pid: child.pid ?? 0,
    pipes,
    ended: exit.then(([code, signal]) => signal ?? `exit code ${code}`),
    exitCode: exit.then(([code, signal]) => code ?? 128 + constants.signals[signal ?? 'SIGKILL']),
    release: () => release(child, pipes),
  }
}

function spawned(child: ReturnType<typeof spawn>, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) => reject(startError(program, cause)))
  })
}

function release(child: ReturnType<typeof spawn>, pipes: Readonly<Record<number, Readable>>): void {
  child.unref()
  for (const pipe of Object.values(pipes)) pipe.destroy()
}
