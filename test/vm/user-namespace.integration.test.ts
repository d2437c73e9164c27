import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {buildRuntime} from './runtime-under-test.ts'
import {skipReason} from './vm-harness.ts'

const skip = skipReason ?? missingPrerequisite('program:conmon')

describe.skipIf(skip !== undefined)(`user namespaces in machines${skip ? ` (${skip})` : ''}`, () => {
  let directory: string
  let berth: TestEngine
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'bt-userns-'))
    berth = openBerth({runtime: await buildRuntime(directory)})
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterAll(async () => {
    await berth?.run(['pod', 'rm', '-fa', '-t', '0'])
    await berth?.[Symbol.asyncDispose]()
    rmSync(directory, {recursive: true, force: true})
  })

  const script = 'id -u; cat /proc/self/uid_map; ls -d /sys/class/net/lo; touch /x && stat -c %u /x'
  const map = /^0\n +0 +100000 +5000\n\/sys\/class\/net\/lo\n0$/

  it('maps the owners of one container', async () => {
    const options = ['--rm', '--network', 'none', '--uidmap', '0:100000:5000', '--gidmap', '0:100000:5000']
    expect(await berth.output('run', ...options, 'localhost/busybox', 'sh', '-c', script)).toMatch(map)
  })

  it('holds for what is executed later, with its user and its limits', async () => {
    const options = ['--network', 'none', '--uidmap', '0:100000:5000', '--gidmap', '0:100000:5000']
    const id = await berth.output(
      'run',
      '-d',
      ...options,
      '--ulimit',
      'nofile=99:100',
      'localhost/busybox',
      'sleep',
      '1000',
    )
    expect(await berth.output('exec', id, 'sh', '-c', script)).toMatch(map)
    const own = 'id -u; id -g; ulimit -n; ulimit -Hn'
    expect(await berth.output('exec', '--user', '12:34', id, 'sh', '-c', own)).toBe('12\n34\n99\n100')
    await berth.output('rm', '--force', '--time', '0', id)
  })

  it('maps the owners of all containers of a pod', async () => {
    const options = ['--network', 'none', '--uidmap', '0:100000:5000', '--gidmap', '0:100000:5000']
    await berth.output('pod', 'create', '--name', 'mapped', ...options)
    expect(await berth.output('run', '--rm', '--pod', 'mapped', 'localhost/busybox', 'sh', '-c', script)).toMatch(map)
    await berth.output('pod', 'rm', '--force', '--time', '0', 'mapped')
  })
})
