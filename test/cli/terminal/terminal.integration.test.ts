import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../../helpers/engine.ts'
import {busyboxArchive} from '../../helpers/images.ts'
import {openTerminal} from '../../helpers/terminal.ts'

describe('a terminal', () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterAll(() => berth[Symbol.asyncDispose]())

  function open(...args: string[]) {
    return openTerminal(berth.setup.program, [...berth.setup.globalArgs, ...args], {columns: 90, rows: 30})
  }

  it('shows a shell, passes keys through, and ends with its exit code', async () => {
    await using terminal = open('run', '-it', '--rm', '--network', 'none', 'busybox', 'sh')
    await terminal.waitFor(/# /)
    terminal.type('echo $((6*7)); exit 3\n')
    await terminal.waitFor(/\n42\r/)
    expect(await terminal.exitCode).toBe(3)
  })

  it('tells the container its size, and every change of it', async () => {
    await using terminal = open('run', '-it', '--rm', '--network', 'none', 'busybox', 'sh')
    await terminal.waitFor(/# /)
    terminal.type('stty size\n')
    await terminal.waitFor(/30 90/)
    terminal.resize(120, 40)
    terminal.type('sleep 1; stty size\n')
    await terminal.waitFor(/40 120/)
    terminal.type('exit\n')
    expect(await terminal.exitCode).toBe(0)
  })

  it('sends Ctrl-C and Ctrl-Z to the process inside', async () => {
    await using terminal = open('run', '-it', '--rm', '--network', 'none', 'busybox', 'sh')
    await terminal.waitFor(/# /)
    terminal.type('sh -c "echo now; exec sleep 1000"\n')
    await terminal.waitFor(/\nnow\r\n/)
    terminal.type('\u0003')
    await terminal.waitFor(/\^C\r\n\/ # /)
    terminal.type('echo still here\n')
    await terminal.waitFor(/\nstill here/)
    terminal.type('exit\n')
    expect(await terminal.exitCode).toBe(0)
  })

  it('detaches on the detach keys and leaves the container running', async () => {
    await using terminal = open('run', '-it', '--name', 'detached', '--network', 'none', 'busybox', 'sh')
    await terminal.waitFor(/# /)
    terminal.type('\u0010\u0011')
    expect(await terminal.exitCode).toBe(0)
    expect(await berth.output('inspect', '--format', '{{.State.Status}}', 'detached')).toBe('running')
    await using again = open('attach', 'detached')
    again.type('echo back$((1+1))\n')
    await again.waitFor(/back2/)
    again.type('exit 7\n')
    expect(await again.exitCode).toBe(0)
    expect(await berth.output('wait', 'detached')).toBe('7')
  })

  it('takes other detach keys, and none when they are empty', async () => {
    await using terminal = open(
      'run',
      '-it',
      '--name',
      'keys',
      '--detach-keys',
      'x,y',
      '--network',
      'none',
      'busybox',
      'cat',
    )
    terminal.type('ab\n')
    await terminal.waitFor(/ab\r\nab/)
    terminal.type('xy')
    expect(await terminal.exitCode).toBe(0)
    await berth.output('rm', '-f', '-t', '0', 'keys')
  })

  it('takes a megabyte pasted at once', async () => {
    await using terminal = open(
      'run',
      '-it',
      '--rm',
      '--network',
      'none',
      'busybox',
      'sh',
      '-c',
      'stty raw -echo; echo ready; head -c 1000000 | wc -c',
    )
    await terminal.waitFor(/ready/)
    terminal.type('x'.repeat(1_000_000))
    await terminal.waitFor(/1000000/, {timeoutMs: 60_000})
    expect(await terminal.exitCode).toBe(0)
  })

  it('shows UTF-8 and full-screen programs', async () => {
    await using terminal = open('run', '-it', '--rm', '--network', 'none', 'busybox', 'vi', '/tmp/new')
    await terminal.waitFor(/\/tmp\/new/)
    terminal.type('iGrüße, 世界\u001b')
    await terminal.waitFor(/Grüße/)
    terminal.type(':q!\n')
    expect(await terminal.exitCode).toBe(0)
  })

  it('restores the terminal', async () => {
    await using terminal = openTerminal('sh', [], {columns: 90, rows: 30})
    terminal.type(
      `${[berth.setup.program, ...berth.setup.globalArgs].join(' ')} run -it --rm --network none busybox true; stty -a; echo done\n`,
    )
    await terminal.waitFor(/\ndone\r\n/)
    expect(terminal.screen).toMatch(/ icanon/)
    expect(terminal.screen).toMatch(/ echo /)
    expect(terminal.screen).toMatch(/\nopost/)
  })

  it('runs commands in a container on it', async () => {
    await berth.output('run', '-d', '--name', 'execs', '--network', 'none', 'busybox', 'top')
    await using terminal = open('exec', '-it', 'execs', 'sh')
    await terminal.waitFor(/# /)
    terminal.type('tty; exit 4\n')
    await terminal.waitFor(/\/dev\/pts\/\d/)
    expect(await terminal.exitCode).toBe(4)
    await berth.output('rm', '-f', '-t', '0', 'execs')
  })
})
