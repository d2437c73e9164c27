import {existsSync, readFileSync} from 'node:fs'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {visibleOnHost} from '../helpers/runtime.ts'

let berth: TestEngine
beforeAll(async () => {
  berth = openBerth()
  await berth.output('load', '-q', '-i', await busyboxArchive())
})
afterEach(async () => {
  await berth.output('pod', 'rm', '-fa', '-t', '0')
})
afterAll(() => berth[Symbol.asyncDispose]())

const status = () =>
  berth.output('pod', 'ps', '--noheading', '--format', '{{.Name}} {{.Status}} {{.NumberOfContainers}}')

describe('pods', () => {
  it('share network, IPC and host name through the infra container', async () => {
    const id = await berth.output('pod', 'create', '--name', 'web', '--network', 'none')
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    expect(await status()).toBe('web Created 1')
    await berth.output('run', '-d', '--pod', 'web', '--name', 'one', 'busybox', 'sleep', '60')
    await berth.output('run', '-d', '--pod', 'web', '--name', 'two', 'busybox', 'sleep', '60')
    expect(await status()).toBe('web Running 3')
    const namespaces = async (name: string) =>
      berth.output(
        'exec',
        name,
        'sh',
        '-c',
        'for n in net ipc uts; do busybox readlink /proc/self/ns/$n; done; hostname',
      )
    expect(await namespaces('one')).toBe(await namespaces('two'))
    expect(await namespaces('one')).toContain('\nweb')
    const pidNamespace = (name: string) => berth.output('exec', name, 'busybox', 'readlink', '/proc/self/ns/pid')
    expect(await pidNamespace('one')).not.toBe(await pidNamespace('two'))
  })

  it('stop, start and are removed as one', async () => {
    const id = await berth.output('pod', 'create', '--name', 'web', '--network', 'none')
    await berth.output('run', '-d', '--pod', 'web', '--name', 'one', 'busybox', 'sleep', '60')
    expect((await berth.run(['pod', 'rm', 'web'])).stderr).toContain(
      'running or paused containers cannot be removed without force',
    )
    expect(await berth.output('pod', 'stop', '-t', '0', 'web')).toBe(id)
    expect(await status()).toBe('web Exited 2')
    expect(await berth.output('pod', 'start', 'web')).toBe(id)
    expect(await status()).toBe('web Running 2')
    expect(await berth.output('pod', 'pause', 'web')).toBe(id)
    expect(await status()).toBe('web Paused 2')
    await berth.output('pod', 'unpause', 'web')
    expect(await berth.output('pod', 'rm', '-f', '-t', '0', 'web')).toBe(id)
    expect(await berth.output('ps', '-aq')).toBe('')
  })

  it.runIf(visibleOnHost)('have a cgroup of their own with limits for all', async () => {
    const id = await berth.output('pod', 'create', '--name', 'small', '--network', 'none', '--memory', '64m')
    const v1 = `/sys/fs/cgroup/memory/libpod_parent/${id}/memory.limit_in_bytes`
    const v2 = `/sys/fs/cgroup/libpod_parent/${id}/memory.max`
    expect(readFileSync(existsSync(v1) ? v1 : v2, 'utf8').trim()).toBe(String(64 << 20))
    await berth.output('run', '-d', '--pod', 'small', 'busybox', 'sleep', '60')
    await berth.output('pod', 'rm', '-f', '-t', '0', 'small')
    expect(existsSync(v1) || existsSync(v2)).toBe(false)
  })

  it('with the exit policy stop, end with their last container', async () => {
    await berth.output('pod', 'create', '--name', 'job', '--network', 'none', '--exit-policy', 'stop')
    await berth.output('run', '--pod', 'job', '--name', 'one', 'busybox', 'true')
    const deadline = Date.now() + 20_000
    while ((await status()) !== 'job Exited 2' && Date.now() < deadline) await new Promise((r) => setTimeout(r, 200))
    expect(await status()).toBe('job Exited 2')
  })

  it('take names that no container has, and keep theirs from containers', async () => {
    await berth.output('pod', 'create', '--name', 'web', '--network', 'none')
    expect((await berth.run(['pod', 'create', '--name', 'web'])).stderr).toContain('pod already exists')
    expect((await berth.run(['create', '--name', 'web', 'busybox'])).exitCode).toBe(125)
    await berth.output('create', '--name', 'taken', '--network', 'none', 'busybox')
    expect((await berth.run(['pod', 'create', '--name', 'taken'])).exitCode).toBe(125)
    await berth.output('rm', 'taken')
  })

  it('are told from what is not there', async () => {
    expect(await berth.run(['pod', 'rm', 'none'])).toMatchObject({
      exitCode: 1,
      stderr: 'Error: no pod with name or ID none found: no such pod\n',
    })
    expect((await berth.run(['pod', 'exists', 'none'])).exitCode).toBe(1)
    expect((await berth.run(['pod', 'start'])).stderr).toBe('Error: you must provide at least one name or id\n')
  })

  it('are described', async () => {
    const id = await berth.output(
      'pod',
      'create',
      '--name',
      'web',
      '--network',
      'none',
      '--label',
      'a=b',
      '--share',
      'net',
    )
    const pod = JSON.parse(await berth.output('pod', 'inspect', 'web')) as Record<string, unknown>
    expect(pod).toMatchObject({
      Id: id,
      Name: 'web',
      State: 'Created',
      Labels: {a: 'b'},
      SharedNamespaces: ['net'],
      NumContainers: 1,
    })
    expect(await berth.output('pod', 'inspect', '--format', '{{.Name}} {{.State}}', 'web')).toBe('web Created')
  })

  it('keep their names through a check and a boot', async () => {
    await berth.output('pod', 'create', '--name', 'web', '--network', 'none')
    expect(await berth.run(['system', 'check', '--repair', '--force'])).toMatchObject({exitCode: 0, stdout: ''})
    expect((await berth.run(['pod', 'create', '--name', 'web'])).stderr).toContain('pod already exists')
  })

  it('run init containers first, and not the others when one fails', async () => {
    await berth.output('pod', 'create', '--name', 'web', '--network', 'none', '-v', 'shared:/shared')
    const create = ['create', '--pod', 'web']
    await berth.output(
      ...create,
      '--init-ctr',
      'once',
      '--name',
      'once',
      'busybox',
      'sh',
      '-c',
      'echo 1 >> /shared/log',
    )
    await berth.output(
      ...create,
      '--init-ctr',
      'always',
      '--name',
      'each',
      'busybox',
      'sh',
      '-c',
      'echo 2 >> /shared/log',
    )
    await berth.output(...create, '--name', 'main', 'busybox', 'sh', '-c', 'cat /shared/log; sleep 60')
    await berth.output('pod', 'start', 'web')
    expect((await berth.run(['container', 'exists', 'once'])).exitCode).toBe(1)
    await berth.output('pod', 'stop', '-t', '0', 'web')
    await berth.output('pod', 'start', 'web')
    expect(await berth.output('exec', 'main', 'cat', '/shared/log')).toBe('1\n2\n2')
    await berth.output('pod', 'stop', '-t', '0', 'web')
    await berth.output(...create, '--init-ctr', 'always', '--name', 'bad', 'busybox', 'sh', '-c', 'exit 3')
    expect(await berth.run(['pod', 'start', 'web'])).toMatchObject({exitCode: 125})
    expect(await berth.output('inspect', '--format', '{{.State.Status}}', 'main')).toBe('exited')
    await berth.output('pod', 'rm', '-f', '-t', '0', 'web')
    await berth.output('volume', 'rm', 'shared')
  })

  it('are copied with their containers, changed where asked', async () => {
    await berth.output('pod', 'create', '--name', 'web', '--network', 'none', '--memory', '64m', '--label', 'a=b')
    await berth.output('create', '--pod', 'web', '--name', 'one', 'busybox', 'sleep', '60')
    await berth.output('pod', 'clone', '--start', '--memory', '32m', '--label', 'c=d', 'web', 'copy')
    const copy = JSON.parse(await berth.output('pod', 'inspect', 'copy')) as {Id: string}
    expect(copy).toMatchObject({Labels: {a: 'b', c: 'd'}, memory_limit: 32 << 20, State: 'Running', NumContainers: 2})
    const file = await berth.output('inspect', '--format', '{{.HostConfig.CgroupParent}} {{.Pod}}', 'one-clone')
    expect(file).toBe(`/libpod_parent/${copy.Id} ${copy.Id}`)
    expect(await berth.output('exec', 'one-clone', 'hostname')).toBe('copy')
    await berth.output('pod', 'rm', '-fa', '-t', '0')
  })
})
