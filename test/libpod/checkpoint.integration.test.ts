import {spawnSync} from 'node:child_process'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {outputOf} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

/** criu says itself whether it can work with this kernel: Debian 12's cannot on kernels much newer than Debian 12's. */
function missingCriu(): string | undefined {
  const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:criu')
  if (missing) return missing
  const {status, stderr} = spawnSync('criu', ['check'], {encoding: 'utf8'})
  return status === 0 ? undefined : `criu does not work here: ${stderr.split('\n')[0]}`
}

const missing = missingCriu()
const running = ['run', '-d', '--network', 'none']
const COUNTING = 'i=0; while :; do i=$((i+1)); echo $i > /count; sleep 0.1; done'

describe.skipIf(missing)(`checkpoint and restore${missing ? ` (${missing})` : ''}`, () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth({runtime: 'runc'})
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterEach(() => berth.run(['rm', '-fa', '-t', '0']))
  afterAll(() => berth[Symbol.asyncDispose]())

  const count = async () => Number(await berth.output('exec', 'counter', 'cat', '/count'))
  const state = (fields: string) => berth.output('inspect', '--format', fields, 'counter')

  it('puts processes aside, and they go on where they were', async () => {
    await berth.output('run', '-d', '--network', 'none', '--name', 'counter', 'busybox', 'sh', '-c', COUNTING)
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(10)
    await berth.output('exec', '-u', '7:8', 'counter', 'sh', '-c', 'echo shared > /dev/shm/kept')
    expect(await berth.output('container', 'checkpoint', 'counter')).toBe('counter')
    expect(await state('{{.State.Status}} {{.State.ExitCode}} {{.State.Checkpointed}}')).toBe('exited 0 true')
    expect(await berth.output('container', 'restore', 'counter')).toBe('counter')
    expect(await state('{{.State.Status}} {{.State.Checkpointed}} {{.State.Restored}}')).toBe('running false true')
    expect(await berth.output('exec', 'counter', 'cat', '/dev/shm/kept')).toBe('shared')
    expect(await berth.output('exec', 'counter', 'stat', '-c', '%u:%g', '/dev/shm/kept')).toBe('7:8')
    expect(await berth.output('exec', 'counter', 'stat', '-c', '%a', '/dev/shm')).toBe('1777')
    const before = await count()
    expect(before).toBeGreaterThan(10)
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(before)
    expect(await berth.run(['container', 'restore', 'counter'])).toMatchObject({
      exitCode: 125,
      stderr: expect.stringContaining('is running or paused, cannot restore'),
    })
  })

  it('leaves a container running, and keeps what it made, when asked to', async () => {
    await berth.output('run', '-d', '--network', 'none', '--name', 'counter', 'busybox', 'sh', '-c', COUNTING)
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(2)
    await berth.output('container', 'checkpoint', '--leave-running', 'counter')
    expect(await state('{{.State.Status}} {{.State.Checkpointed}}')).toBe('running false')
    await berth.output('container', 'checkpoint', 'counter')
    await berth.output('container', 'restore', '--keep', 'counter')
    await berth.output('kill', 'counter')
    await berth.output('wait', 'counter')
    await berth.output('container', 'restore', 'counter')
    expect(await state('{{.State.Status}}')).toBe('running')
    await berth.output('stop', '-t', '0', 'counter')
    expect((await berth.run(['container', 'restore', 'counter'])).stderr).toContain('a complete checkpoint')
  })

  it('puts all there is of a container into an archive that it comes back from', async () => {
    const archive = join(berth.directory, 'counter.tar.zst')
    const script = `rm /bin/wget; echo kept > /data/file; chown 7:8 /data/file; ${COUNTING}`
    await berth.output(...running, '--name', 'counter', '-v', 'data:/data', 'busybox', 'sh', '-c', script)
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(5)
    await berth.output('exec', 'counter', 'sh', '-c', 'echo shared > /dev/shm/kept')
    expect(await berth.output('container', 'checkpoint', '--export', archive, 'counter')).toBe('counter')
    const id = await berth.output('inspect', '--format', '{{.Id}}', 'counter')
    const listed = (await outputOf('tar', ['--zstd', '-tf', archive])).split('\n')
    expect(listed).toEqual(
      expect.arrayContaining(['config.dump', 'spec.dump', 'checkpoint/inventory.img', 'devshm-checkpoint.tar']),
    )
    expect(listed).toEqual(expect.arrayContaining(['rootfs-diff.tar', 'deleted.files', 'volumes/data.tar']))
    await berth.output('rm', 'counter')

    const taken = await berth.run(['container', 'restore', '--import', archive])
    expect(taken.stderr).toContain('volume with name data already exists. Use --ignore-volumes')
    expect(await berth.output('ps', '-aq')).toBe('')
    await berth.output('volume', 'rm', 'data')
    expect(await berth.output('container', 'restore', '--import', archive)).toBe(id)
    expect(await berth.output('exec', 'counter', 'cat', '/data/file', '/dev/shm/kept')).toBe('kept\nshared')
    expect(await berth.output('exec', 'counter', 'stat', '-c', '%u:%g', '/data/file')).toBe('7:8')
    expect((await berth.run(['exec', 'counter', 'ls', '/bin/wget'])).exitCode).not.toBe(0)
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(5)

    const second = await berth.output('container', 'restore', '-i', archive, '--ignore-volumes', '--name', 'second')
    expect(second).not.toBe(id)
    expect(await berth.output('ps', '--format', '{{.Names}}', '--sort', 'names')).toBe('counter\nsecond')
    await berth.output('rm', '-fa', '-t', '0')
    await berth.output('volume', 'rm', 'data')
  })

  it('makes an image of a checkpoint, and containers of that', async () => {
    await berth.output(...running, '--name', 'counter', 'busybox', 'sh', '-c', COUNTING)
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(2)
    await berth.output('container', 'checkpoint', '--create-image', 'frozen:1', 'counter')
    const name = '{{index .Annotations "io.podman.annotations.checkpoint.name"}}'
    expect(await berth.output('image', 'inspect', '--format', name, 'frozen:1')).toBe('counter')
    await berth.output('rm', 'counter')
    const page = JSON.parse(await berth.output('container', 'restore', '--print-stats', 'frozen:1'))
    expect(page).toMatchObject({
      podman_restore_duration: expect.any(Number),
      container_statistics: [{Id: expect.any(String), criu_statistics: {pages_restored: expect.any(Number)}}],
    })
    await expect.poll(count, {timeout: 10_000}).toBeGreaterThan(2)
    await berth.output('rmi', 'frozen:1')
  })

  it('removes a container that was to be removed at its end only when an archive keeps it', async () => {
    await berth.output(...running, '--rm', '--name', 'counter', 'busybox', 'sh', '-c', COUNTING)
    expect((await berth.run(['container', 'checkpoint', 'counter'])).stderr).toContain("started with '--rm' unless")
    const archive = join(berth.directory, 'brief.tar')
    await berth.output('container', 'checkpoint', '--export', archive, '--compress', 'none', 'counter')
    expect((await berth.run(['container', 'exists', 'counter'])).exitCode).toBe(1)
    await berth.output('container', 'restore', '--import', archive)
    expect(await state('{{.State.Status}}')).toBe('running')
  })
})
