import {readFileSync} from 'node:fs'
import {libc} from './native.ts'

/** The system call `getpid` of x32, the ABI of 64-bit programs with 32-bit pointers. */
const GETPID_OF_X32 = 0x40000000 + 39

/**
 * True when this kernel runs x32 programs; most do not. A filter above this process may kill who asks the kernel, so then
 * nobody asks and the answer is true.
 */
export function kernelHasX32(): boolean {
  if (process.arch !== 'x64') return false
  if (!/^Seccomp:\t0$/m.test(readFileSync('/proc/self/status', 'latin1'))) return true
  return libc('long syscall(long number)', GETPID_OF_X32) >= 0
}
