import {type ChildProcess, execFileSync, spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {identifyProcess} from '../../../src/host/index.ts'
import {startByFifo} from '../../../src/oci/runtime/exec-fifo.ts'

let directory = ''
let first: ChildProcess | undefined
const fifo = () => join(directory, 'box', 'exec.fifo')

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'berth-fifo-'))
  mkdirSync(join(directory, 'box'))
  execFileSync('mkfifo', [fifo()])
})
afterEach(async () => {
  if (first && first.exitCode === null && first.signalCode === null) {
    first.kill('SIGKILL')
    await once(first, 'exit')
  }
  first = undefined
  rmSync(directory, {recursive: true, force: true})
})

/** A process in place of a container's first one, and runc's document about it. */
function made(script: string, more: {readonly startTicks?: number; readonly config?: object} = {}): ChildProcess {
  first = spawn('sh', ['-c', script], {stdio: 'ignore'})
  const pid = first.pid ?? 0
  const state = {
    ...{id: 'box', init_process_pid: pid, config: more.config ?? {Hooks: {poststart: null}}},
    init_process_start: more.startTicks ?? identifyProcess(pid)?.startTicks,
  }
  writeFileSync(join(directory, 'box', 'state.json'), JSON.stringify(state))
  return first
}

const waits = () => `printf 0 >${fifo()}; exit 7`

describe('a container that runc made', () => {
  it('goes on, and is no longer waiting for anybody', async () => {
    const exited = once(made(waits()), 'exit')
    expect(await startByFifo('box', directory)).toBe(true)
    expect(existsSync(fifo())).toBe(false)
    expect(await exited).toEqual([7, null])
  })

  it('may be slower than we are', async () => {
    const exited = once(made(`sleep 0.3; ${waits()}`), 'exit')
    expect(await startByFifo('box', directory)).toBe(true)
    expect(await exited).toEqual([7, null])
  })

  it('is left to runc when it dies instead', async () => {
    made('sleep 0.3; exit 3')
    expect(await startByFifo('box', directory)).toBe(false)
    expect(existsSync(fifo())).toBe(true)
  })

  it('is left to runc when it has hooks that run afterwards, and goes on waiting', async () => {
    const child = made(waits(), {config: {Hooks: {poststart: [{path: '/bin/true'}]}}})
    expect(await startByFifo('box', directory)).toBe(false)
    expect(child.exitCode).toBeNull()
    expect(existsSync(fifo())).toBe(true)
  })

  it('is left to runc when the process is another one, the FIFO is gone, or runc knows nothing of it', async () => {
    const child = made(waits(), {startTicks: 1})
    expect(await startByFifo('box', directory)).toBe(false)
    expect(child.exitCode).toBeNull()
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(await startByFifo('box', directory)).toBe(false)
    made('exec sleep 60')
    rmSync(fifo())
    expect(await startByFifo('box', directory)).toBe(false)
    expect(await startByFifo('other', directory)).toBe(false)
  })
})
