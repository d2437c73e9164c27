import {constants, openSync, readFileSync, rmSync} from 'node:fs'
import {Socket} from 'node:net'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import {isAlive, type ProcessIdentity} from '../../host/index.ts'

/** Where runc keeps its state when root gives it no other place. */
export const RUNC_STATE = '/run/runc'

const LOOK_EVERY_MS = 100

/**
 * Does what `runc start` does, without a process: whoever opens the FIFO that a created container's first process waits at
 * lets it go on. False when that is not all there would be to do, or when something is not as it should be: then runc has to be asked.
 * @param directory of runc's state
 * @see docs/adr/0021-start-by-runcs-fifo.md
 */
export async function startByFifo(id: string, directory = RUNC_STATE): Promise<boolean> {
  const waiting = waitingProcess(join(directory, id, 'state.json'))
  const fifo = join(directory, id, 'exec.fifo')
  if (!waiting) return false
  const descriptor = open(fifo)
  if (descriptor === undefined || !(await hasGoneOn(descriptor, waiting))) return false
  // It says "created" to runc, and to whoever asks runc.
  rmSync(fifo, {force: true})
  return true
}

/** The first process of a container that has nothing but that process to start. */
function waitingProcess(path: string): ProcessIdentity | undefined {
  const state = readState(path)
  const process = {pid: Number(state?.init_process_pid), startTicks: Number(state?.init_process_start)}
  const {Hooks} = state?.config ?? {}
  return process.pid > 0 && !Hooks?.poststart?.length && isAlive(process) ? process : undefined
}

/** What we need to know of it. @see runc libcontainer, State */
interface RuncState {
  readonly init_process_pid: number
  readonly init_process_start: number
  readonly config: {readonly Hooks?: {readonly poststart?: readonly unknown[] | null} | null}
}

function readState(path: string): Partial<RuncState> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<RuncState>
  } catch {
    return undefined
  }
}

/** Without waiting for the writer, who may have died. */
function open(fifo: string): number | undefined {
  try {
    return openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EACCES')) return undefined
    throw error
  }
}

/** It writes a byte and closes its end. */
function hasGoneOn(descriptor: number, waiting: ProcessIdentity): Promise<boolean> {
  return new Promise((resolve) => {
    const end = new Socket({fd: descriptor, readable: true, writable: false})
    let [spoke, dead] = [false, false]
    const watch = setInterval(() => {
      // What it wrote before it died arrives before the next look.
      if (dead) end.destroy()
      dead = !isAlive(waiting)
    }, LOOK_EVERY_MS)
    end.on('data', () => (spoke = true))
    end.once('error', () => {})
    end.once('close', () => {
      clearInterval(watch)
      resolve(spoke)
    })
  })
}
