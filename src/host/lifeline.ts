import {closeSync} from 'node:fs'
import {pipe} from './posix-spawn.ts'

/** A pipe by which a process learns that others have ended: `end` hangs up when nobody has `held` any more. */
export class Lifeline implements Disposable {
  readonly held: number
  readonly end: number

  constructor() {
    const {readEnd, writeEnd} = pipe()
    this.held = writeEnd
    this.end = readEnd
  }

  /** Of this process; those who inherited an end keep it. */
  [Symbol.dispose](): void {
    closeSync(this.held)
    closeSync(this.end)
  }
}
