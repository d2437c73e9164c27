import {mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {isErrno} from '../../errors/index.ts'
import type {Engine} from '../engine.ts'

const KEEP_MS = 5 * 60 * 1000
const MANY = 64

/** Exit codes of containers that go when they end, kept a while for those who wait for them. */
export function keepExitCode(engine: Pick<Engine, 'state'>, id: string, code: number): void {
  const directory = directoryOf(engine)
  mkdirSync(directory, {recursive: true, mode: 0o700})
  writeFileSync(join(directory, id), String(code))
  forgetOld(directory)
}

export function keptExitCode(engine: Pick<Engine, 'state'>, id: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(join(directoryOf(engine), id), 'latin1'), 10)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

function forgetOld(directory: string): void {
  const ids = readdirSync(directory)
  if (ids.length < MANY) return
  for (const id of ids) {
    const path = join(directory, id)
    const stat = statSync(path, {throwIfNoEntry: false})
    if (stat && Date.now() - stat.mtimeMs > KEEP_MS) rmSync(path, {force: true})
  }
}

function directoryOf({state: {layout}}: Pick<Engine, 'state'>): string {
  return join(layout.runRoot, 'libpod', 'exit-codes')
}
