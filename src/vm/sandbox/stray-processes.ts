import {readdirSync, readlinkSync} from 'node:fs'
import {identifyProcess, type ProcessIdentity} from '../../host/index.ts'

/**
 * Processes that a create started and did not live to record: all of a sandbox's processes work in its directory.
 */
export function strayProcesses(directory: string): ProcessIdentity[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && workingDirectory(name) === directory)
    .flatMap((name) => identifyProcess(Number(name)) ?? [])
}

/** Everything that belongs to a sandbox works in its directory. */
export function workingDirectory(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    // Gone, or a kernel thread.
    return undefined
  }
}
