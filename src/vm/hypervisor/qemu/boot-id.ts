import {readFileSync} from 'node:fs'

/** Changes with every boot of the host. */
export function readBootID(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}
