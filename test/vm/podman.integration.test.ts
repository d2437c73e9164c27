import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {TestEngine} from '../helpers/engine.ts'
import {type HostNetwork, openHostNetwork} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openPodman} from '../helpers/podman.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {openTerminal, type Terminal} from '../helpers/terminal.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {buildRuntime} from './runtime-under-test.ts'
import {skipReason} from './vm-harness.ts'

const skip = skipReason ?? missingPrerequisite('program:podman', 'program:conmon')

describe.skipIf(skip !== undefined)(`podman over berth-vm${skip ? ` (${skip})` : ''}`, () => {
  let host: HostNetwork
  let podman: TestEngine
  let directory: string
  let runtime: readonly string[]

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'bt-pod-'))
    runtime = ['--runtime', await buildRuntime(directory)]
    host = await openHostNetwork()
    podman = openPodman({host})
    await podman.output('load', '-q', '-i', await busyboxArchive())
  })

  afterAll(async () => {
    await podman?.run([...runtime, 'rm', '--all', '--force', '--time', '0'])
    await podman?.[Symbol.asyncDispose]()
    await host?.[Symbol.asyncDispose]()
    rmSync(directory, {recursive: true, force: true})
  })

  const call = (...words: readonly string[]) => podman.run([...runtime, ...words])

  it('runs a container with another kernel, a volume, its exit code and streams', async () => {
    writeFileSync(join(directory, 'in'), 'from the host\n')
    const script = 'cat /data/in; uname -r; echo out > /data/out; echo problem >&2; exit 5'
    const result = await call(
      'run',
      '--rm',
      '--network',
      'none',
      '-v',
      `${directory}:/data`,
      'busybox',
      'sh',
      '-c',
      script,
    )
    const [input, kernel] = result.stdout.split('\n')
    expect([result.exitCode, input, result.stderr]).toEqual([5, 'from the host', 'problem\n'])
    expect(kernel).not.toBe(readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim())
    expect(readFileSync(join(directory, 'out'), 'utf8')).toBe('out\n')
  })

  it('says with 127 that a command is not there', async () => {
    const result = await call('run', '--rm', '--network', 'none', 'busybox', 'nosuchcommand')
    expect([result.exitCode, result.stderr]).toEqual([127, expect.stringMatching(/nosuchcommand.*not found/)])
  })

  it('executes, logs, pauses and stops', async () => {
    const script = 'trap "echo bye; exit 7" TERM; echo up; while :; do sleep 0.1; done'
    await call('run', '-d', '--name', 'one', '--network', 'none', 'busybox', 'sh', '-c', script)
    const exec = await call('exec', 'one', 'sh', '-c', 'echo inside; exit 4')
    expect([exec.exitCode, exec.stdout]).toEqual([4, 'inside\n'])
    expect((await call('exec', 'one', 'nosuchcommand')).exitCode).toBe(127)
    expect((await call('pause', 'one')).exitCode).toBe(0)
    expect((await call('inspect', '--format', '{{.State.Status}}', 'one')).stdout).toBe('paused\n')
    expect((await call('unpause', 'one')).exitCode).toBe(0)
    expect((await call('stop', '--time', '20', 'one')).exitCode).toBe(0)
    expect((await call('logs', 'one')).stdout).toBe('up\nbye\n')
    expect((await call('inspect', '--format', '{{.State.ExitCode}}', 'one')).stdout).toBe('7\n')
    expect((await call('rm', 'one')).exitCode).toBe(0)
    expect(existsSync('/run/berth-vm/ids/one')).toBe(false)
  })

  it('attaches a terminal, detaches from it, and kills', async () => {
    await call('run', '-dit', '--name', 'shell', '--network', 'none', 'busybox', 'sh')
    const {program, globalArgs, env} = podman.setup
    const words = [...globalArgs, ...runtime, 'attach', 'shell']
    await using terminal = openTerminal(program, words, {columns: 91, rows: 33, env})
    terminal.type('\n')
    await terminal.waitFor(/# /, {timeoutMs: 30_000})
    terminal.type('stty size; tty\n')
    await terminal.waitFor(/33 91[\s\S]*\/dev\//, {timeoutMs: 30_000})
    expect(await detach(terminal)).toBe(0)
    // podman itself looks at the host's processes; with options of ps(1) it asks inside the container. It does not wait for
    // the last of what ps prints.
    await waitUntil('the list of processes', async () =>
      /^PID +COMMAND\n +1 +sh\n/.test((await call('top', 'shell', '-o', 'pid,args')).stdout),
    )
    expect((await call('kill', 'shell')).exitCode).toBe(0)
    expect((await call('wait', 'shell')).stdout).toBe('137\n')
    expect((await call('rm', 'shell')).exitCode).toBe(0)
  })

  /** podman knows a detach key only when it comes in a read of its own. */
  async function detach(terminal: Terminal): Promise<number> {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
      for (const key of ['\u0010', '\u0011']) {
        terminal.type(key)
        await sleep(500)
      }
      const ended = await Promise.race([terminal.exitCode, sleep(2000)])
      if (ended !== undefined) return ended
    }
    throw new Error(`still attached: ${JSON.stringify(terminal.screen)}`)
  }

  it('publishes a port of a container on a bridge network to the host, and resolves names in it', async () => {
    const port = 40_000 + (process.pid % 20_000)
    expect((await call('network', 'create', 'quay')).exitCode).toBe(0)
    try {
      const serve = ['sh', '-c', 'nc -ll -p 80 -e echo served & while :; do sleep 1; done']
      const options = ['--name', 'server', '--network', 'quay', '-p', `127.0.0.1:${port}:80`]
      // netavark complains to stderr where no syslog is.
      expect((await call('run', '-d', ...options, 'busybox', ...serve)).exitCode).toBe(0)
      const connect = `import socket; s = socket.create_connection(("127.0.0.1", ${port}), 9); print(s.recv(9).decode())`
      await waitUntil(
        'the answer through the published port',
        async () => (await host.run('python3', '-c', connect)).stdout === 'served\n\n',
        {timeoutMs: 30_000},
      )
      expect((await call('exec', 'server', 'nslookup', 'server')).stdout).toMatch(/Name:\s+server/)
      expect((await call('rm', '--force', '--time', '0', 'server')).exitCode).toBe(0)
    } finally {
      await call('network', 'rm', '--force', '--time', '0', 'quay')
    }
  })

  it('puts the containers of a pod into one machine', async () => {
    await call('pod', 'create', '--name', 'pod', '--network', 'none')
    const member = ['run', '-d', '--pod', 'pod', 'busybox', 'sleep', '1000']
    const [one, two] = [(await call(...member)).stdout.trim(), (await call(...member)).stdout.trim()]
    const boot = async (id: string) => (await call('exec', id, 'cat', '/proc/sys/kernel/random/boot_id')).stdout
    expect(await boot(one)).toMatch(/^[0-9a-f-]{36}\n$/)
    expect(await boot(one)).toBe(await boot(two))
    expect((await call('exec', one, 'hostname')).stdout).toBe('pod\n')
    expect((await call('pod', 'rm', '--force', '--time', '0', 'pod')).exitCode).toBe(0)
    for (const id of [one, two]) expect(existsSync(`/run/berth-vm/ids/${id}`)).toBe(false)
  })
})
