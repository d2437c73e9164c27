import {readFileSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'
import {LockFile, writeFileAtomic} from '../../host/index.ts'
import type {Layout} from './layout.ts'

/** What tells one boot from the next. @see random(4), /proc/sys/kernel/random/boot_id */
export function currentBootID(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
}

/**
 * Runs `refresh` once per boot, before anybody reads a state: when the run directory is new, or was left by an earlier boot
 * because it does not lie on a tmpfs.
 */
export async function refreshOncePerBoot(
  layout: Layout,
  bootID: string,
  refresh: () => Promise<void>,
): Promise<boolean> {
  if (recordedBootID(layout) === bootID) return false
  using _lock = await LockFile.acquire(layout.refreshLock)
  if (recordedBootID(layout) === bootID) return false
  await refresh()
  writeFileAtomic(layout.bootMarker, bootID, {durable: false})
  return true
}

function recordedBootID(layout: Layout): string | undefined {
  try {
    return readFileSync(layout.bootMarker, 'latin1')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
