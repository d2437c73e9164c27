import {existsSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../errors/index.ts'
import type {ExitRecord} from './shim.ts'

/** What conmon wrote when the process ended, or undefined while it has not. */
export function readExitFile(exitFile: string, persistDirectory: string): ExitRecord | undefined {
  let text: string
  let endedMs: number
  try {
    text = readFileSync(exitFile, 'latin1').trim()
    endedMs = statSync(exitFile).mtimeMs
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
  return {
    exitCode: Number.parseInt(text, 10),
    finishedAt: nanosecondTime(endedMs),
    oomKilled: existsSync(join(persistDirectory, 'oom')),
  }
}

/** A file's time keeps its part below a millisecond as a fraction. */
function nanosecondTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds)
  const below = Math.floor((milliseconds - whole) * 1_000_000)
  return `${new Date(whole).toISOString().slice(0, -1)}${String(below).padStart(6, '0')}Z`
}
