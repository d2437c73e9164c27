import {describe, expect, test} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')
const seconds = Number(process.env.BERTH_PARALLEL_SECONDS ?? 60)
const workers = 16
const create = ['create', '--network', 'none']

describe.skipIf(missing)('sixteen workers on one store', () => {
  test(`create, start, exec, stop and remove for ${seconds} s without an error`, {
    timeout: (seconds + 120) * 1000,
  }, async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const deadline = Date.now() + seconds * 1000
    const rounds = await Promise.all(Array.from({length: workers}, (_, worker) => work(berth, worker, deadline)))
    expect(Math.min(...rounds)).toBeGreaterThan(0)
    expect(await berth.output('ps', '-aq')).toBe('')
  })

  test('a name that all want at the same time goes to exactly one', {timeout: 120_000}, async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    for (let round = 0; round < 4; round++) {
      const attempts = Array.from({length: workers}, () =>
        berth.run([...create, '--name', `wanted-${round}`, 'busybox', 'true']),
      )
      const results = await Promise.all(attempts)
      const winners = results.filter(({exitCode}) => exitCode === 0)
      expect(winners).toHaveLength(1)
      expect(await berth.output('ps', '-aq', '--no-trunc', '--filter', `name=wanted-${round}`)).toBe(
        winners[0]?.stdout.trim(),
      )
      for (const {exitCode, stderr} of results)
        if (exitCode !== 0)
          expect({exitCode, stderr}).toEqual({exitCode: 125, stderr: expect.stringContaining('is already in use')})
    }
  })

  test('a name that all want for a pod goes to exactly one, also when a container is to be renamed to it', {
    timeout: 120_000,
  }, async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await berth.output(...create, '--name', 'other', 'busybox', 'true')
    for (let round = 0; round < 4; round++) {
      const name = `wanted-${round}`
      const pods = Array.from({length: workers - 1}, () =>
        berth.run(['pod', 'create', '--network', 'none', '--name', name]),
      )
      const results = await Promise.all([...pods, berth.run(['rename', 'other', name])])
      expect(results.filter(({exitCode}) => exitCode === 0)).toHaveLength(1)
      for (const {exitCode, stderr} of results)
        if (exitCode !== 0)
          expect({exitCode, stderr}).toEqual({exitCode: 125, stderr: expect.stringMatching(/ in use/)})
      if (results.at(-1)?.exitCode === 0) await berth.output('rename', name, 'other')
    }
    await berth.output('pod', 'rm', '-fa')
    expect(await berth.run(['system', 'check'])).toMatchObject({exitCode: 0, stdout: ''})
  })

  test('generated names are all different', {timeout: 120_000}, async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    await Promise.all(Array.from({length: workers * 2}, () => berth.output(...create, 'busybox', 'true')))
    const names = (await berth.output('ps', '-a', '--format', '{{.Names}}')).split('\n')
    expect(new Set(names).size).toBe(workers * 2)
  })
})

/** One container after the other, each through its whole life; returns how many. */
async function work(berth: TestEngine, worker: number, deadline: number): Promise<number> {
  let rounds = 0
  for (; Date.now() < deadline; rounds++) {
    const word = `w${worker}r${rounds}`
    const id = await berth.output(...create, '--label', `word=${word}`, 'busybox', 'sleep', '1000')
    expect(await berth.output('start', id)).toBe(id)
    expect(await berth.output('exec', id, 'echo', word)).toBe(word)
    expect(await berth.output('ps', '-q', '--no-trunc', '--filter', `label=word=${word}`)).toBe(id)
    expect(await berth.output('stop', '-t', '0', id)).toBe(id)
    expect(await berth.output('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', id)).toBe('exited 137')
    expect(await berth.output('rm', id)).toBe(id)
  }
  return rounds
}
