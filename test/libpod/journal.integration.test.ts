import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingJournal, startJournal} from '../helpers/journal.ts'
import type {MountNamespace} from '../helpers/mount-namespace.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon') ?? missingJournal()

describe.skipIf(missing)('with the systemd journal', () => {
  let journal: MountNamespace
  let berth: TestEngine
  const run = ['run', '--network', 'none', '--log-driver', 'journald']

  beforeAll(async () => {
    journal = await startJournal()
    berth = journal.around(openBerth({globalArgs: ['--cgroup-manager', 'cgroupfs', '--events-backend', 'journald']}))
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })

  afterAll(async () => {
    await berth[Symbol.asyncDispose]()
    await journal[Symbol.asyncDispose]()
  })

  it('a log is kept there, with its streams apart', async () => {
    await berth.output(...run, '--name', 'talker', 'busybox', 'sh', '-c', 'echo out; echo; echo err >&2; printf last')
    expect(await berth.output('inspect', '--format', '{{.HostConfig.LogConfig}}', 'talker')).toBe(
      '{journald map[]   0B}',
    )
    expect(await berth.run(['logs', 'talker'])).toMatchObject({stdout: 'out\n\nlast', stderr: 'err\n'})
    expect((await berth.run(['logs', '--tail', '2', 'talker'])).stdout).toBe('last')
    expect((await berth.run(['logs', '--since', '1h', 'talker'])).stdout).toBe('out\n\nlast')
    expect((await berth.run(['logs', '--until', '1h', 'talker'])).stdout).toBe('out\n\nlast')
    expect((await berth.run(['logs', '--until', '-1h', 'talker'])).stdout).toBe('')
    expect((await berth.run(['logs', '-t', 'talker'])).stdout).toMatch(
      /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d) out\n/,
    )
  })

  it('is followed until the container ends', async () => {
    await berth.output(
      ...run,
      '-d',
      '--name',
      'slow',
      'busybox',
      'sh',
      '-c',
      'for i in 1 2 3; do echo $i; sleep 1; done',
    )
    expect(await berth.run(['logs', '-f', 'slow'], {timeoutMs: 60_000})).toMatchObject({
      exitCode: 0,
      stdout: '1\n2\n3\n',
    })
  })

  it('events are kept there, found by filter and time, and followed', async () => {
    const events = async (...options: readonly string[]) =>
      (await berth.output('events', '--stream=false', '--format', '{{.Status}}', ...options))
        .split('\n')
        .filter(Boolean)
    await berth.output(...run, '--name', 'told', '--label', 'role=test', 'busybox', 'true')
    expect(await events('--filter', 'container=told')).toEqual(['create', 'init', 'start', 'attach', 'died', 'cleanup'])
    expect(await events('--filter', 'container=told', '--filter', 'event=die')).toEqual(['died'])
    expect(await events('--filter', 'label=role=test', '--filter', 'event=start')).toEqual(['start'])
    expect(await events('--filter', 'container=told', '--until', '-1h')).toEqual([])
    const following = berth.run(['events', '--filter', 'event=rename', '--format', '{{.Name}}', '--until', '4s'], {
      timeoutMs: 30_000,
    })
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    await berth.output('rename', 'told', 'again')
    expect(await following).toMatchObject({exitCode: 0, stdout: 'again\n'})
  })
})
