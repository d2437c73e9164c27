import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {waitUntil} from '../helpers/wait-until.ts'

/** Who ends a container cleans up after it: conmon's exit command waits, and starts no second Berth beside it. */
describe('the end of a container', () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth({runtime: 'runc'})
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterAll(() => berth[Symbol.asyncDispose]())

  /** The programs that wrote down their steps until conmon was gone. */
  const programsOf = async (name: string, run: readonly string[], end: readonly string[]): Promise<string[]> => {
    const timings = join(berth.directory, `${name}.timings`)
    const words = ['--network', 'none', '--name', name, ...run, 'localhost/busybox', 'sleep', '1000']
    await berth.output('--timings', timings, 'run', '-d', ...words)
    const conmon = Number(await berth.output('inspect', '-f', '{{.State.ConmonPid}}', name))
    await berth.output(...end, name)
    await waitUntil('conmon is gone', () => !existsSync(`/proc/${conmon}`))
    if (!existsSync(timings)) return []
    const steps = readFileSync(timings, 'utf8').split('\n').filter(Boolean)
    return [...new Set(steps.map((step) => (JSON.parse(step) as {program: string}).program))]
  }

  it.each([
    ['stop', ['stop', '-t', '0']],
    ['rm', ['rm', '-f', '-t', '0']],
  ])('%s does all there is to do', async (name, end) => {
    expect(await programsOf(name, [], end)).toEqual(['berth run'])
  })

  it('stop leaves the removal of a container made to go to the exit command', async () => {
    expect(await programsOf('brief', ['--rm'], ['stop', '-t', '0'])).toContain('berth container cleanup')
    expect((await berth.run(['container', 'exists', 'brief'])).exitCode).toBe(1)
  })
})
