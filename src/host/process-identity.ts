import {readFileSync} from 'node:fs'
import {isErrno} from '../errors/index.ts'

/** A process is its pid plus its start time: pids are reused, and `kill(pid, 0)` also succeeds for zombies. */
export interface ProcessIdentity {
  readonly pid: number
  /** Field 22 of /proc/pid/stat: clock ticks since boot. */
  readonly startTicks: number
}

/** The identity of a live process, or undefined when there is none with this pid or it is a zombie. */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid)
  if (!stat || stat.state === 'Z' || stat.state === 'X') return undefined
  return {pid, startTicks: stat.startTicks}
}

/** True while that very process lives. */
export function isAlive(process: ProcessIdentity): boolean {
  return identifyProcess(process.pid)?.startTicks === process.startTicks
}

/** @see proc(5): the command name is in parentheses and may itself hold spaces and parentheses */
function readStat(pid: number): {state: string; startTicks: number} | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return undefined
    throw error
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return {state: fields[0] ?? '', startTicks: Number(fields[19])}
}
