import {type ChildProcess, spawn} from 'node:child_process'
import type {Duplex, Readable} from 'node:stream'
import {EngineError, isErrno} from '../errors/index.ts'
import {SyncPipe} from './sync-pipe.ts'

export interface StartedConmon {
  /** Of conmon's first process, which forks and ends: its child is the shim. */
  readonly pid: number
  readonly sync: SyncPipe
  readonly attach?: SyncPipe
  /** One byte lets it go on: first out of its cgroup wait, then, with an attach pipe, into the runtime's `exec`. */
  signal(): void
  /** What it printed before it let go of its stderr. */
  readonly stderr: Promise<string>
  /** True when the first process ended well. */
  readonly forked: Promise<boolean>
  /** Kills it, if it is still there. */
  kill(): void
  /** Lets this process end while the pipes are still open. */
  release(): void
}

export interface ConmonStart {
  readonly path: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly attachPipe: boolean
  /** Lets stdin, stdout and stderr through: they become the container's. */
  readonly passthrough: boolean
  readonly preserveFDs: readonly number[]
  readonly heldFDs: readonly number[]
}

/**
 * Starts conmon with its pipes behind the descriptors that the container keeps, in a session of its own.
 * @throws ERR_PROGRAM_MISSING
 */
export async function startConmon(start: ConmonStart): Promise<StartedConmon> {
  const first = 3 + start.preserveFDs.length
  const child = spawn(start.path, start.args, {
    cwd: start.cwd,
    env: {...start.env, _OCI_SYNCPIPE: `${first}`, _OCI_STARTPIPE: `${first + 1}`, ...attachVariable(start, first + 2)},
    detached: true,
    stdio: [
      ...(start.passthrough ? (['inherit', 'inherit', 'inherit'] as const) : (['ignore', 'ignore', 'pipe'] as const)),
      ...start.preserveFDs,
      'pipe',
      'pipe',
      ...(start.attachPipe ? (['pipe'] as const) : []),
      ...start.heldFDs,
    ],
  })
  const forked = new Promise<boolean>((resolve) => child.once('exit', (code) => resolve(code === 0)))
  const stderr = child.stderr ? textOf(child.stderr) : Promise.resolve('')
  await spawned(child, start.path)
  const startPipe = pipeOf(child, first + 1)
  // The shim may close its end before we have spoken.
  startPipe.on('error', () => {})
  return {
    pid: child.pid ?? 0,
    sync: new SyncPipe(pipeOf(child, first)),
    attach: start.attachPipe ? new SyncPipe(pipeOf(child, first + 2)) : undefined,
    signal: () => void startPipe.write('\0'),
    stderr,
    forked,
    kill: () => void child.kill('SIGKILL'),
    release: () => release(child),
  }
}

function attachVariable({attachPipe}: ConmonStart, descriptor: number): Record<string, string> {
  return attachPipe ? {_OCI_ATTACHPIPE: `${descriptor}`} : {}
}

function pipeOf(child: ChildProcess, descriptor: number): Duplex {
  return child.stdio[descriptor as 3] as unknown as Duplex
}

function spawned(child: ChildProcess, program: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) =>
      reject(isErrno(cause, 'ENOENT') ? new EngineError('ERR_PROGRAM_MISSING', program, {cause}) : cause),
    )
  })
}

/** What it said, also when it was let go of before it had finished. */
function textOf(stream: Readable): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    stream.on('data', (chunk) => (text += String(chunk)))
    stream.once('error', () => resolve(text))
    stream.once('close', () => resolve(text))
  })
}

function release(child: ChildProcess): void {
  child.unref()
  for (const stream of child.stdio) if (stream && 'destroy' in stream) stream.destroy()
}
