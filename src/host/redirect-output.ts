import {closeSync} from 'node:fs'
import {syscall} from './native.ts'

/** From now on what this process, and programs it starts, print to stdout goes to `descriptor`, which is used up. */
export function redirectOutput(descriptor: number): void {
  syscall('int dup2(int from, int to)', descriptor, 1)
  closeSync(descriptor)
}
