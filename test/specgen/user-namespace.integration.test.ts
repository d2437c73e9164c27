import {chmodSync, mkdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:unshare')
const MAPS = ['--uidmap', '0:100000:5000', '--gidmap', '0:200000:5000']

async function openWithImage(): Promise<TestEngine> {
  const berth = openBerth()
  // The container's root is a stranger on the host: it must be able to walk through the test's directory.
  chmodSync(berth.directory, 0o711)
  await berth.output('load', '-q', '-i', await busyboxArchive())
  return berth
}

describe.skipIf(missing)('a container in a user namespace', () => {
  test('owns its root filesystem, whose layers on disk stay as they are', async () => {
    await using berth = await openWithImage()
    const script =
      'id -u; ls -ln /bin/busybox /etc/hosts | cut -c1-40; touch /new && chown 5:6 /new && ls -ln /new | cut -c1-26'
    const output = await berth.output(
      'run',
      '--name',
      'mapped',
      '--network',
      'none',
      ...MAPS,
      'busybox',
      'sh',
      '-c',
      script,
    )
    expect(output).toMatch(/^0\n-rwxr-xr-x +\d+ 0 +0 .*\n-rw-r--r-- +1 0 +0 .*\n-rw-r--r-- +1 5 +6 *$/)
    const upper = join(await berth.output('inspect', '--format', '{{.GraphDriver.Data.UpperDir}}', 'mapped'))
    expect(statSync(join(upper, 'new'))).toMatchObject({uid: 100_005, gid: 200_006})
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(berth.directory)
    expect(await berth.output('run', '--rm', '--network', 'none', 'busybox', 'ls', '-ln', '/bin/busybox')).toMatch(
      / 0 +0 /,
    )
  })

  test('owns new volumes and what the option U gives it', async () => {
    await using berth = await openWithImage()
    const shared = join(berth.directory, 'shared')
    mkdirSync(shared)
    const mounts = ['-v', 'fresh:/fresh', '-v', `${shared}:/shared:U`]
    const script = 'touch /fresh/a /shared/b && id -u'
    const args = ['run', '--rm', '--network', 'none', '-u', '7:8', ...MAPS, ...mounts, 'busybox', 'sh', '-c', script]
    expect(await berth.output(...args)).toBe('7')
    expect(statSync(join(shared, 'b'))).toMatchObject({uid: 100_007, gid: 200_008})
  })
})
