import {describe, expect, it} from 'vitest'
import {openBerth} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')

describe.skipIf(missing)('stop', () => {
  it('says whose wish it was: a service manager leaves the container to start with the next boot', async () => {
    await using berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const run = (name: string, policy: string) =>
      berth.output('run', '-d', '--name', name, '--network', 'none', '--restart', policy, 'busybox', 'sleep', '1000')
    await run('always', 'always')
    await run('unless', 'unless-stopped')
    await run('service', 'unless-stopped')
    await run('failure', 'on-failure')
    await berth.output('create', '--name', 'never-ran', '--network', 'none', '--restart', 'always', 'busybox', 'true')
    const starting = async () =>
      (await berth.output('ps', '-a', '--filter', 'should-start-on-boot=true', '--format', '{{.Names}}'))
        .split('\n')
        .toSorted()
    expect(await starting()).toEqual(['always', 'service', 'unless'])
    await berth.output('stop', '-t', '0', 'always', 'unless', 'failure')
    await berth.output('stop', '-t', '0', '--service', 'service')
    expect(await starting()).toEqual(['always', 'service'])
    expect(await berth.output('inspect', '--format', '{{.State.Status}} {{.State.StoppedByUser}}', 'unless')).toBe(
      'exited true',
    )
    expect(await berth.output('inspect', '--format', '{{.State.Status}} {{.RestartCount}}', 'service')).toBe('exited 0')
    expect(await berth.output('start', '--filter', 'should-start-on-boot=true')).toBe(
      await berth.output('ps', '-q', '--no-trunc'),
    )
  })
})
