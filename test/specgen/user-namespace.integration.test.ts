import {chmodSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {outputOf} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {MountNamespace} from '../helpers/mount-namespace.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:unshare')
const MAPS = ['--uidmap', '0:100000:5000', '--gidmap', '0:200000:5000']

async function openWithImage(): Promise<TestEngine> {
  const berth = openBerth()
  // The container's root is a stranger on the host: it must be let through the test's directory.
  chmodSync(berth.directory, 0o700)
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

  test('owns the files of a volume that is mounted with idmap, which stay root’s on disk', async () => {
    await using berth = await openWithImage()
    const write = 'touch /data/made; stat -c %u:%g /data /data/made'
    const mounted = ['-v', 'data:/data:idmap', 'busybox', 'sh', '-c', write]
    expect(await berth.output('run', '--rm', '--network', 'none', ...MAPS, ...mounted)).toBe('0:0\n0:0')
    const volume = await berth.output('volume', 'inspect', '--format', '{{.Mountpoint}}', 'data')
    expect(statSync(join(volume, 'made'))).toMatchObject({uid: 0, gid: 0})
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(berth.directory)
    const overlaid = await berth.run(['run', '--rm', ...MAPS, '-v', 'data:/data:O,idmap', 'busybox', 'true'])
    expect(overlaid.stderr).toContain('idmap together with an overlay')
    await berth.output('volume', 'rm', 'data')
  })

  test('leaves with the ids that it knows, and what comes in gets them', async () => {
    await using berth = await openWithImage()
    const run = (...args: readonly string[]) => berth.output('run', '--network', 'none', ...args)
    await run('--name', 'mapped', ...MAPS, 'busybox', 'sh', '-c', 'mkdir /d; echo x > /d/f; chown 5:6 /d/f')
    const owner = async (tar: Buffer, name: string) => {
      const listed = await outputOf('tar', ['--numeric-owner', '-tvf', '-'], {input: tar})
      return new RegExp(` (\\d+/\\d+) .* ${name}$`, 'm').exec(listed)?.[1]
    }
    const exported = await berth.run(['export', 'mapped'])
    expect(await owner(exported.stdoutBytes, 'd/f')).toBe('5/6')
    expect(await owner(exported.stdoutBytes, 'd/')).toBe('0/0')
    expect(await owner(exported.stdoutBytes, 'bin/busybox')).toBe('0/0')
    expect(await owner((await berth.run(['cp', 'mapped:/d/f', '-'])).stdoutBytes, 'f')).toBe('5/6')
    for (const options of [[], ['--squash']]) {
      await berth.output('commit', '-q', ...options, 'mapped', 'committed')
      const seen = await run('--rm', 'committed', 'stat', '-c', '%u:%g', '/d', '/d/f', '/bin/busybox')
      expect(seen).toBe('0:0\n5:6\n0:0')
    }
    await run('-d', '--name', 'user', '-u', '7', ...MAPS, 'busybox', 'sleep', '1000')
    await berth.output('cp', 'mapped:/d/f', 'user:/tmp/f')
    await berth.output('cp', '-a=false', 'mapped:/d/f', 'user:/tmp/g')
    expect(await berth.output('exec', 'user', 'stat', '-c', '%u', '/tmp/f', '/tmp/g')).not.toContain('65534')
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

describe.skipIf(missing)('--userns=auto', () => {
  const mapOf = (berth: TestEngine, ...options: readonly string[]) =>
    berth.output('run', '--rm', '--network', 'none', ...options, 'busybox', 'cat', '/proc/self/uid_map')
  const words = (text: string) => text.trim().split(/\s+/).map(Number)

  test("gives each container ids of its own out of the configured user's", async () => {
    await using plain = await openWithImage()
    const ranges = join(plain.directory, 'ranges')
    writeFileSync(ranges, 'containers:1000000:100000\n')
    await using namespace = await MountNamespace.open(
      `mount --bind ${ranges} /etc/subuid && mount --bind ${ranges} /etc/subgid`,
    )
    const berth = namespace.around(plain)
    expect(words(await mapOf(berth, '--userns=auto'))).toEqual([0, 1_000_000, 65_536])
    const run = ['run', '-d', '--network', 'none', '--userns=auto:size=2048']
    await berth.output(...run, '--name', 'first', 'busybox', 'sleep', '1000')
    await berth.output(...run, '--name', 'second', 'busybox', 'sleep', '1000')
    expect(words(await berth.output('exec', 'first', 'cat', '/proc/self/uid_map'))).toEqual([0, 1_000_000, 2048])
    expect(words(await berth.output('exec', 'second', 'cat', '/proc/self/gid_map'))).toEqual([0, 1_002_048, 2048])
    await berth.output('exec', 'second', 'touch', '/made')
    const upper = await berth.output('inspect', '--format', '{{.GraphDriver.Data.UpperDir}}', 'second')
    expect(statSync(join(upper, 'made'))).toMatchObject({uid: 1_002_048, gid: 1_002_048})
    await berth.output('rm', '-f', '-t', '0', 'first')
    expect(words(await mapOf(berth, '--userns=auto:size=2000'))).toEqual([0, 1_000_000, 2000])
    expect(words(await mapOf(berth, '--userns=auto:size=3000,uidmapping=5:42:1'))).toEqual([
      ...[0, 1_004_096, 5],
      ...[6, 1_004_101, 2994],
      ...[5, 42, 1],
    ])
    expect(words(await mapOf(berth, '--userns=auto', '-v', 'data:/data'))[2]).toBe(65_536)
    const failed = async (options: string) =>
      (await berth.run(['run', '--rm', `--userns=auto:${options}`, 'busybox', 'true'])).stderr
    expect(await failed('size=200000')).toContain('could not find enough available IDs')
    expect(await failed('size=2000,nosuch=1')).toContain('unknown option specified: "nosuch"')
  })
})
