import {spawnSync} from 'node:child_process'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

/** criu says itself whether it can work with this kernel: Debian 12's cannot on kernels much newer than Debian 12's. */
function missingCriu(): string | undefined {
  const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:criu')
  if (missing) return missing
  const {status, stderr} = spawnSync('criu', ['check'], {encoding: 'utf8'})
  return status === 0 ? undefined : `criu does not work here: ${stderr.split('\n')[0]}`
}

const missing = missingCriu()
const COUNTING = 'i=0; while :; do i=$((i+1)); echo $i > /count; sleep 0.1; done'

describe.skipIf(missing)(`checkpoint and restore${missing ? ` (${missing})` : ''}`, () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth({runtime: 'runc'})
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterEach(() => berth.run(['rm', '-fa', '-t', '0']))
  afterAll(() => berth[Symbol.asyncDispose]())

  const count = async () => Number(await berth.output('exec', 'counter', 'cat', '/count'))
  const state = (fields: string) => berth.output('inspect', '--format', fields, 'counter')

  it('puts processes aside, and they go on where they were', async () => {
    await berth.output('run', '-d', '--network', 'none', '--name', 'counter', 'busybox', 'sh', '-c', COUNTING)
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(10)
    await berth.output('exec', '-u', '7:8', 'counter', 'sh', '-c', 'echo shared > /dev/shm/kept')
    expect(await berth.output('container', 'checkpoint', 'counter')).toBe('counter')
    expect(await state('{{.State.Status}} {{.State.ExitCode}} {{.State.Checkpointed}}')).toBe('exited 0 true')
    expect(await berth.output('container', 'restore', 'counter')).toBe('counter')
    expect(await state('{{.State.Status}} {{.State.Checkpointed}} {{.State.Restored}}')).toBe('running false true')
    expect(await berth.output('exec', 'counter', 'cat', '/dev/shm/kept')).toBe('shared')
    expect(await berth.output('exec', 'counter', 'stat', '-c', '%u:%g', '/dev/shm/kept')).toBe('7:8')
    expect(await berth.output('exec', 'counter', 'stat', '-c', '%a', '/dev/shm')).toBe('1777')
    const before = await count()
    expect(before).toBeGreaterThan(10)
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(before)
    expect(await berth.run(['container', 'restore', 'counter'])).toMatchObject({
      exitCode: 125,
      stderr: expect.stringContaining('is running or paused, cannot restore'),
    })
  })

  it('leaves a container running, and keeps what it made, when asked to', async () => {
    await berth.output('run', '-d', '--network', 'none', '--name', 'counter', 'busybox', 'sh', '-c', COUNTING)
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(2)
    await berth.output('container', 'checkpoint', '--leave-running', 'counter')
    expect(await state('{{.State.Status}} {{.State.Checkpointed}}')).toBe('running false')
    await berth.output('container', 'checkpoint', 'counter')
    await berth.output('container', 'restore', '--keep', 'counter')
    await berth.output('kill', 'counter')
    await berth.output('wait', 'counter')
    await berth.output('container', 'restore', 'counter')
    expect(await state('{{.State.Status}}')).toBe('running')
    await berth.output('stop', '-t', '0', 'counter')
    expect((await berth.run(['container', 'restore', 'counter'])).stderr).toContain('a complete checkpoint')
  })
})
