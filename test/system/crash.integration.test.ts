import {describe, expect, test} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {generator, KillMoments, runAndKill} from '../helpers/kill-at-random.ts'
import {findLeaks, processesUsing} from '../helpers/leaks.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {Expectations, type Operation} from './crash-expectations.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')
const rounds = Number(process.env.BERTH_CRASH_ROUNDS ?? 200)
const seed = Number(process.env.BERTH_CRASH_SEED ?? Date.now() % 1_000_000)

describe.skipIf(missing)('kill -9', () => {
  test(`${rounds} commands killed at random moments lose and leak nothing (seed ${seed})`, {
    timeout: 1_200_000,
  }, async () => {
    const random = generator(seed)
    await using berth = openBerth()
    const archive = await busyboxArchive()
    const known = new Expectations()
    const moments = new KillMoments(random)
    for (let round = 0; round < rounds; round++) {
      const operation = known.next(random)
      const outcome = await runAndKill(berth, arguments_(operation, archive), moments.next(operation.durationMs))
      moments.note(outcome.killed)
      known.note(operation, outcome)
      const {verb, name} = operation
      await expectKnown(berth, known, `round ${round}: ${verb} ${name}: ${JSON.stringify(outcome)}`)
    }
    expect(moments.killed, 'rounds in which the command was still running').toBeGreaterThan(rounds / 4)
    await expectSound(berth)
  })
})

function arguments_({verb, name}: Operation, archive: string): string[] {
  switch (verb) {
    case 'create':
      return ['create', '--network', 'none', '--name', name, 'localhost/busybox', 'sleep', '1000']
    case 'stop':
      return ['stop', '-t', '0', name]
    case 'load':
      return ['load', '-q', '-i', archive]
    default:
      return [verb, name]
  }
}

/** The next command finds readable records, and everything that was acknowledged. */
async function expectKnown(berth: TestEngine, known: Expectations, when: string): Promise<void> {
  const listed = await berth.run(['ps', '-a', '--format', '{{.Names}} {{.Status}}'])
  expect(listed, when).toMatchObject({exitCode: 0, stderr: ''})
  const states = new Map(
    listed.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ') as [string, string]),
  )
  const images = await berth.run(['images', '--format', '{{.Repository}}'])
  expect(images, when).toMatchObject({exitCode: 0, stderr: ''})
  const found = known.contradictions(states, images.stdout.includes('localhost/busybox'))
  expect(found, `${when}, then ps: ${JSON.stringify(listed.stdout)}`).toEqual([])
}

async function expectSound(berth: TestEngine): Promise<void> {
  const checked = await berth.run(['system', 'check'])
  expect(checked, 'system check').toMatchObject({exitCode: 0, stdout: '', stderr: ''})
  const ids = (await berth.output('ps', '-aq', '--no-trunc')).split('\n').filter(Boolean)
  await berth.output('rm', '-fa', '-t', '0')
  await berth.output('rmi', '-fa')
  await waitUntil('monitors have ended', () => processesUsing(berth.directory).length === 0, {
    describe: () => JSON.stringify(findLeaks(berth.directory)),
  })
  expect(findLeaks(berth.directory, ids)).toEqual({mounts: [], processes: [], cgroups: [], files: []})
  expect(await berth.output('system', 'df', '--format', '{{.Type}} {{.Total}}')).toMatch(/Images 0\nContainers 0/)
}
