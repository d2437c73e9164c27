import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {missingPrerequisite} from '../../helpers/prerequisites.ts'
import {openTerminal} from '../../helpers/terminal.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:python3', 'program:bash')

/** What a user at an interactive shell does with Berth. */
describe.skipIf(missing)('at a terminal', () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterEach(() => berth.run(['rm', '-fa', '-t', '0']))
  afterAll(() => berth[Symbol.asyncDispose]())

  const line = (...words: readonly string[]) => [berth.setup.program, ...berth.setup.globalArgs, ...words].join(' ')
  const shell = (env: Readonly<Record<string, string>> = {}) =>
    openTerminal('bash', ['--norc', '--noprofile'], {columns: 200, env: {PS1: 'PROMPT ', ...env}})
  const status = async (name: string) =>
    (await berth.output('ps', '-a', '--filter', `name=${name}`, '--format', '{{.State}}')).trim()

  it('Ctrl-Z goes to the container as every signal does, and stops `run` itself without --sig-proxy', async () => {
    await using proxied = shell()
    proxied.type(`${line('run', '--network', 'none', '--name', 'proxied', 'busybox', 'sleep', '1000')}; echo code:$?\r`)
    await expect.poll(() => status('proxied'), {timeout: 15_000}).toBe('running')
    proxied.type('\x1a')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(proxied.screen).not.toContain('Stopped')
    await berth.output('kill', 'proxied')
    await proxied.waitFor(/code:137/)

    await using own = shell()
    const options = ['--sig-proxy=false', '--network', 'none', '--name', 'own']
    own.type(`${line('run', ...options, 'busybox', 'sh', '-c', '"sleep 5; exit 9"')}\r`)
    await expect.poll(() => status('own'), {timeout: 15_000}).toBe('running')
    own.type('\x1a')
    await own.waitFor(/Stopped/)
    expect(await status('own')).toBe('running')
    own.type('fg >/dev/null; echo code:$?\r')
    await own.waitFor(/code:9/)
  })

  it('two who are attached both see, and either may type; a third may come when both have left', async () => {
    await berth.output('run', '-dit', '--network', 'none', '--name', 'shared', 'busybox', 'sh')
    const attach = () => openTerminal(berth.setup.program, [...berth.setup.globalArgs, 'attach', 'shared'])
    {
      await using first = attach()
      await using second = attach()
      for (const each of [first, second]) {
        each.type('\n')
        await each.waitFor(/# /)
      }
      first.type('echo from-$((40 + 2))\r')
      await first.waitFor(/from-42/)
      await second.waitFor(/from-42/)
      second.type('echo also-$((40 + 3))\r')
      await first.waitFor(/also-43/)
      for (const each of [first, second]) each.type('\x10\x11')
      expect([await first.exitCode, await second.exitCode]).toEqual([0, 0])
    }
    await using third = attach()
    third.type('\n')
    await third.waitFor(/# /)
    third.type('echo again-$((40 + 4)); exit 3\r')
    await third.waitFor(/again-44/)
    expect(await third.exitCode).toBe(0)
    expect(await berth.output('wait', 'shared')).toBe('3')
  })

  it('vi edits a file in a container', async () => {
    await berth.output('run', '-d', '--network', 'none', '--name', 'edited', 'busybox', 'sleep', '1000')
    await using vi = openTerminal(berth.setup.program, [
      ...berth.setup.globalArgs,
      ...['exec', '-it', 'edited', 'vi', '/tmp/note'],
    ])
    await vi.waitFor(/~/)
    vi.type('ihällo wörld\x1b')
    await vi.waitFor(/hällo wörld/)
    vi.type(':wq\r')
    expect(await vi.exitCode).toBe(0)
    expect(await berth.output('exec', 'edited', 'cat', '/tmp/note')).toBe('hällo wörld')
  })

  it('top draws in a container, and stats outside of it until Ctrl-C', async () => {
    await berth.output('run', '-d', '--network', 'none', '--name', 'busy', 'busybox', 'sleep', '1000')
    await using top = openTerminal(berth.setup.program, [...berth.setup.globalArgs, 'exec', '-it', 'busy', 'top'])
    await top.waitFor(/Load average/)
    top.type('q')
    expect(await top.exitCode).toBe(0)
    await using stats = shell()
    stats.type(`${line('stats', '--interval', '1')}; echo code:$?\r`)
    await stats.waitFor(/CPU %[\s\S]*busy[\s\S]*CPU %[\s\S]*busy/, {timeoutMs: 20_000})
    stats.type('\x03')
    stats.type('echo after-$((1 + 1))\r')
    await stats.waitFor(/after-2/)
  })

  it('nothing is coloured that did not ask for it', async () => {
    await berth.output('run', '-d', '--network', 'none', '--name', 'one', 'busybox', 'sleep', '1000')
    for (const words of [['ps'], ['images'], ['logs', 'one'], ['nosuchcommand'], ['--help']]) {
      expect((await berth.run(words)).stdout).not.toContain('\x1b[')
      await using terminal = openTerminal(berth.setup.program, [...berth.setup.globalArgs, ...words], {
        env: {NO_COLOR: '1'},
      })
      await terminal.exitCode
      expect(terminal.screen).not.toContain('\x1b[')
    }
  })
})
