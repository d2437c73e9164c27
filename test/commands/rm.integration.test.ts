import {existsSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
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

describe.skipIf(missing)('rm', () => {
  it('takes the id file with the container, unless it is about another one by now', async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const [own, taken] = [join(berth.directory, 'own'), join(berth.directory, 'taken')]
    await berth.output('create', '--cidfile', own, '--network', 'none', 'busybox', 'true')
    const other = await berth.output('create', '--cidfile', taken, '--network', 'none', 'busybox', 'true')
    writeFileSync(taken, 'somebody else')
    await berth.output('rm', '--cidfile', own)
    await berth.output('rm', other)
    expect([existsSync(own), existsSync(taken)]).toEqual([false, true])
    expect(await berth.run(['create', '--cidfile', own, '--network', 'none', 'busybox', 'true'])).toMatchObject({
      exitCode: 0,
    })
  })
})
