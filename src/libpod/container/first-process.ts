import {readFileSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'
import {isAlive, type ProcessIdentity} from '../../host/index.ts'

/**
 * Sends a signal to a container's process where that is the first of a pid namespace: runtimes do no more then, and the
 * kernel ends the others with it. False where the runtime has to: the process shares its namespace, or only stands for one in
 * a machine; also when it is gone.
 */
export function signalFirstProcess(target: ProcessIdentity, signal: number): boolean {
  if (!isFirstOfNamespace(target.pid) || !isAlive(target)) return false
  try {
    process.kill(target.pid, signal)
    return true
  } catch (error) {
    if (isErrno(error, 'ESRCH', 'EPERM')) return false
    throw error
  }
}

/** @see proc(5): NSpid has its pid in each namespace, from ours to its own */
export function isFirstOfNamespace(pid: number): boolean {
  try {
    const pids =
      /^NSpid:(.*)$/m
        .exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
        ?.trim()
        .split(/\s+/) ?? []
    return pids.length > 1 && pids.at(-1) === '1'
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return false
    throw error
  }
}
