import {readlinkSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'

/**
 * Whether a container's process only stands for one in a virtual machine: it lives among the host's own mounts. What it seems
 * to have (files, pids, children) is not the container's then; the runtime knows.
 */
export function standsForGuest(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`) === readlinkSync('/proc/self/ns/mnt')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ESRCH')) return false
    throw error
  }
}
