import {describe, expect, it} from 'vitest'
import {openBerth} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')

describe.skipIf(missing)('update', () => {
  it('changes what the next start gives the process: ulimits and environment', async () => {
    await using berth = openBerth({runtime: 'runc'})
    await berth.output('load', '-q', '-i', await busyboxArchive())
    const process = ['--env', 'KEPT=1', '--env', 'GONE=1', '--ulimit', 'core=0:0']
    const script = 'echo $KEPT $GONE $NEW $(ulimit -n) $(ulimit -Hn) $(ulimit -c)'
    await berth.output('create', '--name', 'box', '--network', 'none', ...process, 'busybox', 'sh', '-c', script)
    await berth.output('update', '--ulimit', 'nofile=50:60', '--env', 'NEW=2', '--unsetenv', 'GONE', 'box')
    expect(await berth.output('start', '-a', 'box')).toBe('1 2 50 60 0')
    const ulimits = JSON.parse(await berth.output('inspect', '-f', '{{json .HostConfig.Ulimits}}', 'box'))
    expect(ulimits).toContainEqual({Name: 'RLIMIT_NOFILE', Soft: 50, Hard: 60})
  })
})
