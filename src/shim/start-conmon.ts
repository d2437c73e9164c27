import {closeSync, writeSync} from 'node:fs'
import {Socket} from 'node:net'
import type {Readable} from 'node:stream'
import {isErrno} from '../errors/index.ts'
import {exitOf, pipe, posixSpawn} from '../host/index.ts'
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
export function startConmon(start: ConmonStart): StartedConmon {
  const pipes = {sync: pipe(), start: pipe(), ...(start.attachPipe && {attach: pipe()})}
  const stderr = start.passthrough ? undefined : pipe()
  const theirs = [pipes.sync.writeEnd, pipes.start.readEnd, ...(pipes.attach ? [pipes.attach.writeEnd] : [])]
  let pid: number
  try {
    pid = launch(start, theirs, stderr?.writeEnd)
  } catch (error) {
    for (const {readEnd} of [pipes.sync, pipes.attach, stderr].filter((each) => each !== undefined)) closeSync(readEnd)
    closeSync(pipes.start.writeEnd)
    throw error
  } finally {
    for (const descriptor of [...theirs, ...(stderr ? [stderr.writeEnd] : [])]) closeSync(descriptor)
  }
  const sockets = {
    sync: reader(pipes.sync.readEnd),
    ...(pipes.attach && {attach: reader(pipes.attach.readEnd)}),
    ...(stderr && {stderr: reader(stderr.readEnd)}),
  }
  let running = true
  const forked = exitOf(pid).then((code) => {
    running = false
    return code === 0
  })
  const startEnd = new StartEnd(pipes.start.writeEnd)
  return {
    pid,
    sync: new SyncPipe(sockets.sync),
    attach: sockets.attach && new SyncPipe(sockets.attach),
    signal: () => startEnd.signal(),
    stderr: sockets.stderr ? textOf(sockets.stderr) : Promise.resolve(''),
    forked,
    kill: () => {
      if (running) process.kill(pid, 'SIGKILL')
    },
    release: () => {
      startEnd.close()
      for (const socket of Object.values(sockets)) socket.destroy()
    },
  }
}

function launch(start: ConmonStart, pipes: readonly number[], stderr: number | undefined): number {
  const first = 3 + start.preserveFDs.length
  return posixSpawn(start.path, start.args, {
    cwd: start.cwd,
    env: {
      ...start.env,
      ...{_OCI_SYNCPIPE: `${first}`, _OCI_STARTPIPE: `${first + 1}`},
      ...(start.attachPipe && {_OCI_ATTACHPIPE: `${first + 2}`}),
    },
    newSession: true,
    descriptors: [
      ...(stderr === undefined ? [0, 1, 2] : (['null', 'null', stderr] as const)),
      ...start.preserveFDs,
      ...pipes,
      ...start.heldFDs,
    ],
  })
}

function reader(descriptor: number): Socket {
  return new Socket({fd: descriptor, readable: true, writable: false})
}

/** Our end of the pipe that conmon waits at. */
class StartEnd {
  #descriptor: number | undefined

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  signal(): void {
    try {
      if (this.#descriptor !== undefined) writeSync(this.#descriptor, '\0')
    } catch (error) {
      // The shim may close its end before we have spoken.
      if (!isErrno(error, 'EPIPE')) throw error
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
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
