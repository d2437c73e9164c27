import {describe, expect, it} from 'vitest'
import {openBerth} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')

describe.skipIf(missing)('rm --all', () => {
  it('removes those too that others need, whichever comes first', async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const create = (name: string, ...options: readonly string[]) =>
      berth.output('create', '--name', name, ...options, 'busybox', 'true')
    const base = await create('base', '--network', 'none')
    const user = await create('user', '--network', 'container:base')
    const far = await create('far', '--network', 'none', '--requires', 'user')
    expect(await berth.run(['rm', 'base'])).toMatchObject({
      exitCode: 125,
      stderr: `Error: container ${base} has dependent containers which must be removed before it: ${user}: container already exists\n`,
    })
    const {exitCode, stdout, stderr} = await berth.run(['rm', '-a'])
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''})
    expect(stdout.trim().split('\n').toSorted()).toEqual([base, user, far].toSorted())
    expect(await berth.output('ps', '-aq')).toBe('')
  })
})
