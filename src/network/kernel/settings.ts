import {readFileSync, writeFileSync} from 'node:fs'
import {isErrno} from '../../errors/index.ts'

/** Without a word where the kernel has no such setting (IPv6 switched off), or has it already. */
export function setKernel(name: string, value: string): void {
  const path = `/proc/sys/${name}`
  try {
    if (readFileSync(path, 'latin1').trim() !== value) writeFileSync(path, value)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}
