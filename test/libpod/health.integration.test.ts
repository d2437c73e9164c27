import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon')
const CHECK_EVERY_SECOND = ['--health-interval', '1s', '--health-retries', '1']

/** No command of the engine runs while these containers are checked: what checks them belongs to the container. */
describe.skipIf(missing)('health checks on their own time', () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterEach(() => berth.run(['rm', '-fa', '-t', '0']))
  afterAll(() => berth[Symbol.asyncDispose]())

  const run = (check: string, ...options: readonly string[]) =>
    berth.output(
      ...['run', '-d', '--name', 'checked', '--network', 'none', '--stop-timeout', '0'],
      ...['--health-cmd', check, ...CHECK_EVERY_SECOND, ...options, 'busybox', 'sleep', '1000'],
    )
  const field = (format: string) => berth.output('inspect', '--format', format, 'checked')

  it('follow what the container is, with a log of what was seen', {timeout: 60_000}, async () => {
    await run('test -e /ok && echo fine')
    await expect.poll(() => field('{{.State.Health.Status}}'), {timeout: 20_000}).toBe('unhealthy')
    await berth.output('exec', 'checked', 'touch', '/ok')
    await expect.poll(() => field('{{.State.Health.Status}}'), {timeout: 20_000}).toBe('healthy')
    expect(await field('{{(index .State.Health.Log 0).ExitCode}} {{.State.Health.FailingStreak}}')).toBe('1 0')
    const events = await berth.output('events', '--stream=false', '--filter', 'event=health_status')
    expect(events).toMatch(/health_status=unhealthy[\s\S]*health_status=healthy/)
  })

  it.each([
    ['kill', 'exited 137'],
    ['stop', 'exited 137'],
  ])('%s the container when it fails', {timeout: 60_000}, async (action, state) => {
    await run('false', '--health-on-failure', action)
    await expect.poll(() => field('{{.State.Status}} {{.State.ExitCode}}'), {timeout: 30_000}).toBe(state)
  })

  it('restart the container when it fails, and check the new one', {timeout: 90_000}, async () => {
    await run('test -e /ok', '--health-on-failure', 'restart')
    const first = await field('{{.State.StartedAt}}')
    await expect.poll(() => field('{{.State.StartedAt}}'), {timeout: 30_000}).not.toBe(first)
    await expect
      .poll(() => berth.run(['exec', 'checked', 'touch', '/ok']).then(({exitCode}) => exitCode), {timeout: 20_000})
      .toBe(0)
    await expect
      .poll(() => field('{{.State.Status}} {{.State.Health.Status}}'), {timeout: 30_000})
      .toBe('running healthy')
  })
})
