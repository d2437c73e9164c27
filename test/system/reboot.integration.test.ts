import {readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {powerOff} from '../helpers/power-off.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')

async function withContainers(): Promise<TestEngine> {
  const berth = openBerth()
  await berth.output('load', '-q', '-i', await busyboxArchive())
  const run = ['run', '-d', '--network', 'none']
  await berth.output(...run, '--name', 'running', 'busybox', 'sh', '-c', 'echo started; sleep 1000')
  await berth.output(...run, '--name', 'paused', 'busybox', 'sleep', '1000')
  await berth.output(...run, '--rm', '--name', 'passing', 'busybox', 'sleep', '1000')
  await berth.output('create', '--network', 'none', '--name', 'created', 'busybox', 'true')
  const ended = await berth.run(['run', '--network', 'none', '--name', 'ended', 'busybox', 'sh', '-c', 'exit 5'])
  expect(ended.exitCode).toBe(5)
  await berth.output('exec', 'running', 'sh', '-c', 'echo kept > /kept')
  await berth.output('pause', 'paused')
  return berth
}

/** `running` → ['Exited', '137']: the first word of the state and the exit code. */
const states = async (berth: TestEngine) => {
  const lines = (await berth.output('ps', '-a', '--format', '{{.Names}} {{.ExitCode}} {{.Status}}')).split('\n')
  return Object.fromEntries(lines.map((line) => line.split(' ')).map(([name, code, state]) => [name, [state, code]]))
}

describe.skipIf(missing)('after a power cut', () => {
  test.each([
    ['the run directory is gone', async (berth: TestEngine) => powerOff(berth)],
    [
      'the run directory is that of an earlier boot',
      async (berth: TestEngine) => {
        await powerOff(berth, {keepRunDirectory: true})
        writeFileSync(join(berth.runRoot, 'libpod/boot-id'), '00000000-0000-0000-0000-000000000000\n')
      },
    ],
  ])('%s: what ran has ended, nothing is lost, containers start again', async (_, cut) => {
    await using berth = await withContainers()
    await cut(berth)
    const after = await states(berth)
    expect(Object.keys(after).sort()).toEqual(['created', 'ended', 'paused', 'running'])
    expect(after.running?.[0]).toBe('Exited')
    expect(after.paused?.[0]).toBe('Exited')
    expect(after.ended).toEqual(['Exited', '5'])
    expect(after.created?.[0]).toBe('Created')
    expect(
      await berth.output('inspect', '-f', '{{.State.Running}} {{.State.Paused}} {{.State.Pid}}', 'running', 'paused'),
    ).toBe('false false 0\nfalse false 0')
    for (const name of ['running', 'paused', 'created']) expect(await berth.output('start', name)).toBe(name)
    expect(await berth.output('exec', 'running', 'cat', '/kept')).toBe('kept')
    expect((await berth.output('logs', 'running')).split('\n')).toEqual(['started', 'started'])
  })

  test('an image that was loaded is complete, and a container of it runs', async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await powerOff(berth)
    expect(await berth.output('run', '--rm', '--network', 'none', 'busybox', 'echo', 'hi')).toBe('hi')
    expect(readdirSync(berth.root).length).toBeGreaterThan(0)
  })
})
