import {createHash, randomBytes} from 'node:crypto'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {openTerminal} from '../helpers/terminal.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import type {AgentConnection} from './agent-connection.ts'
import {containerSpec, execIn, makeRootfs, mountShare, ProcessRelay, processSpec} from './container.ts'
import {type} from './frames.ts'
import {GuestVm, missingForVm, relayProgram} from './guest-vm.ts'

const missing = missingForVm()

describe.skipIf(missing)(`the guest${missing ? ` (${missing})` : ''}`, () => {
  let vm: GuestVm
  let control: AgentConnection

  beforeAll(async () => {
    vm = GuestVm.start()
    control = await vm.connect()
    await control.request({op: 'ping'})
    await mountShare(control)
    await makeRootfs(vm, control, 'main')
    await control.request({op: 'create', container: 'main'}, containerSpec('main', processSpec(['sleep', '100000'])))
    await control.request({op: 'start', container: 'main'})
  })

  afterAll(async () => {
    await control?.[Symbol.asyncDispose]()
    await vm?.[Symbol.asyncDispose]()
  })

  const exec = (args: readonly string[], more?: Record<string, unknown>) =>
    execIn(vm, control, 'main', processSpec(args, more))

  test('an exec has its output, its errors and its exit code', async () => {
    await using relay = await exec(['sh', '-c', 'echo out; echo err >&2; exit 3'])
    expect(await relay.ended()).toEqual({code: 3, signal: null})
    expect([relay.stdout, relay.stderr]).toEqual(['out\n', 'err\n'])
  })

  test('a process that a signal ends leaves that signal as the relay’s wait status', async () => {
    await using relay = await exec(['sh', '-c', 'kill -SEGV $$'])
    expect(await relay.ended()).toEqual({code: null, signal: 'SIGSEGV'})
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1', 'SIGQUIT'] as const)(
    '%s sent to the relay reaches the process',
    async (signal) => {
      await using relay = await exec([
        'sh',
        '-c',
        `trap "echo got; exit 9" ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`,
      ])
      await waitUntil('the trap', () => relay.stdout === 'ready\n')
      relay.child.kill(signal)
      expect(await relay.ended()).toEqual({code: 9, signal: null})
      expect(relay.stdout).toBe('ready\ngot\n')
    },
  )

  test('SIGKILL of the relay kills the process', async () => {
    await using relay = await exec(['sh', '-c', 'echo $$; exec sleep 1000'])
    await waitUntil('its pid', () => relay.stdout.endsWith('\n'))
    relay.child.kill('SIGKILL')
    const listed = async () => {
      const answer = (await control.request({op: 'ps', container: 'main'})) as {processes: {args: string[]}[]}
      return answer.processes.some(({args}) => args.join(' ') === 'sleep 1000')
    }
    await waitUntil('the end of the process', async () => !(await listed()))
  })

  test('stdin arrives, and its end', async () => {
    await using relay = await exec(['cat'])
    relay.child.stdin?.end('one\ntwo\n')
    expect(await relay.ended()).toEqual({code: 0, signal: null})
    expect(relay.stdout).toBe('one\ntwo\n')
  })

  test('100 MB through cat come back unchanged, with stderr apart', async () => {
    await using relay = await exec(['sh', '-c', 'echo begin >&2; cat; echo end >&2'])
    const block = randomBytes(1 << 20)
    const sent = createHash('sha256')
    const received = createHash('sha256')
    let size = 0
    relay.child.stdout?.removeAllListeners('data')
    relay.child.stdout?.on('data', (chunk: Buffer) => {
      received.update(chunk)
      size += chunk.length
    })
    const startedAt = performance.now()
    for (let i = 0; i < 100; i++) {
      block.writeUInt32LE(i)
      sent.update(block)
      const copy = Buffer.from(block)
      if (!relay.child.stdin?.write(copy)) await new Promise((resolve) => relay.child.stdin?.once('drain', resolve))
    }
    relay.child.stdin?.end()
    expect(await relay.ended()).toEqual({code: 0, signal: null})
    process.stderr.write(`100 MB there and back: ${Math.round(performance.now() - startedAt)} ms\n`)
    expect(size).toBe(100 << 20)
    expect(received.digest('hex')).toBe(sent.digest('hex'))
    expect(relay.stderr).toBe('begin\nend\n')
  })

  test('a reader that stops blocks nobody else, and misses nothing', async () => {
    await using blocked = await exec(['sh', '-c', 'dd if=/dev/zero bs=64k count=160 2>/dev/null; echo done >&2'])
    blocked.child.stdout?.pause()
    for (let i = 0; i < 3; i++) {
      await using other = await exec(['echo', 'free'])
      expect(await other.ended()).toEqual({code: 0, signal: null})
      expect(other.stdout).toBe('free\n')
    }
    expect(blocked.stderr).toBe('')
    blocked.child.stdout?.resume()
    expect(await blocked.ended()).toEqual({code: 0, signal: null})
    expect(blocked.stdout.length).toBe(160 * 65536)
  })

  test('a process whose reader has gone gets SIGPIPE', async () => {
    await using relay = await exec(['sh', '-c', 'yes; echo "$?" >&2'])
    await waitUntil('output', () => relay.stdout.length > 1000)
    relay.child.stdout?.destroy()
    await relay.ended()
    expect(relay.stderr).toMatch(/141|[Bb]roken pipe/)
  })

  test('a command that is not there is told, and the relay ends with 127', async () => {
    await control.request({op: 'exec', container: 'main', exec: 'missing'}, JSON.stringify(processSpec(['nothere'])))
    await using relay = await ProcessRelay.attach(vm, {container: 'main', exec: 'missing'})
    const answer = await control.ask({op: 'start', container: 'main', exec: 'missing'})
    expect(answer.error).toMatchObject({code: 'command-not-found', message: expect.stringContaining('"nothere"')})
    expect(await relay.ended()).toEqual({code: 127, signal: null})
  })

  test('an exec has the user, groups, limits, capabilities and seccomp filter that were asked for', async () => {
    const user = {uid: 1000, gid: 1000, additionalGids: [7], umask: 0o77}
    const more = {user, noNewPrivileges: true, cwd: '/tmp', rlimits: [{type: 'RLIMIT_NOFILE', soft: 77, hard: 99}]}
    await using relay = await exec(
      [
        'sh',
        '-c',
        'id; umask; pwd; ulimit -n; echo $HOME; grep -E "^(Cap|Seccomp:|NoNew)" /proc/self/status || cat /proc/self/status',
      ],
      more,
    )
    await relay.ended()
    expect(relay.stdout).toContain('uid=1000(user) gid=1000 groups=7\n0077\n/tmp\n77\n/home/user\n')
    expect(relay.stdout).toMatch(/Seccomp:\s+2/)
    expect(relay.stdout).toMatch(/NoNewPrivs:\s+1/)
    expect(relay.stdout).toMatch(/CapEff:\s+0{16}|CapEff:\s+00000000000000e1/)
  })

  test('a terminal has its size, resizes, and passes ^C to the guest', async () => {
    const script =
      'tty >/dev/null && stty size; trap "stty size" WINCH; trap "echo int; exit 4" INT; echo ready; while :; do sleep 0.05; done'
    await control.request(
      {op: 'exec', container: 'main', exec: 'tty', terminal: true, rows: 30, columns: 100},
      JSON.stringify(processSpec(['sh', '-c', script])),
    )
    const args = ['process', '--agent', vm.agentSocket, '--container', 'main', '--exec', 'tty', '--terminal']
    await using terminal = openTerminal(relayProgram, args, {rows: 30, columns: 100})
    await control.request({op: 'start', container: 'main', exec: 'tty'})
    await terminal.waitFor(/30 100/)
    await terminal.waitFor(/ready/)
    terminal.resize(99, 41)
    await terminal.waitFor(/41 99/)
    terminal.type('\x03')
    await terminal.waitFor(/int/)
    expect(await terminal.exitCode).toBe(4)
  })

  test('requests that make no sense are refused by name', async () => {
    const code = async (request: Record<string, unknown>, tail?: string) =>
      (await control.ask(request, tail)).error?.code
    expect(await code({op: 'nothing'})).toBe('bad-request')
    expect(await code({op: 'ping', more: 1})).toBe('bad-request')
    expect(await code({op: 'start', container: 'nobody'})).toBe('no-such-container')
    expect(await code({op: 'start', container: 'main'})).toBe('bad-state')
    expect(await code({op: 'create', container: '../x'}, '{}')).toBe('bad-request')
    expect(await code({op: 'create', container: 'main'}, '{}')).toBe('exists')
    expect(await code({op: 'create', container: 'broken'}, '{')).toBe('runtime')
    expect(await code({op: 'write-file', path: '/etc/passwd'}, 'x')).toBe('bad-request')
    expect(await code({op: 'write-file', path: '/run/berth/../x'}, 'x')).toBe('bad-request')
    expect(await code({op: 'read-file', path: '/run/berth/none'})).toBe('no-such-file')
    expect(await code({op: 'mount', mounts: [{type: 'ext4', source: 'serial:none', target: '/etc'}]})).toBe(
      'bad-request',
    )
  })

  test('files are written and read', async () => {
    const content = randomBytes(300_000)
    await control.request({op: 'write-file', path: '/run/berth/share/a/b', mode: 0o600}, content)
    const {ok, tail} = await control.ask({op: 'read-file', path: '/run/berth/share/a/b', offset: 1000})
    expect(ok).toEqual({size: 300_000})
    expect(tail.equals(content.subarray(1000))).toBe(true)
  })

  test('the clock is the host’s, and random bytes are seeded by it', async () => {
    const later = Date.UTC(2031, 4, 5) / 1000
    await control.request({
      op: 'configure',
      timeNs: `${later}000000000`,
      hostname: 'berth-guest',
      seed: '5a'.repeat(48),
    })
    await using relay = await exec(['date', '+%s'])
    await relay.ended()
    await control.request({op: 'configure', timeNs: `${Date.now()}000000`})
    expect(Number(relay.stdout) - later).toBeLessThan(60)
    expect(Number(relay.stdout) - later).toBeGreaterThanOrEqual(0)
  })

  test('its clock runs at the rate of the host’s', async () => {
    const sample = async () => ({
      host: performance.now(),
      guest: (await control.request({op: 'ping'})).uptimeMs as number,
    })
    const from = await sample()
    await new Promise((resolve) => setTimeout(resolve, 2000))
    const to = await sample()
    const rate = (to.guest - from.guest) / (to.host - from.host)
    expect(rate).toBeGreaterThan(0.9)
    expect(rate).toBeLessThan(1.1)
  })

  test('pause stops a container and resume lets it go on', async () => {
    await using relay = await exec(['sh', '-c', 'while :; do echo tick; sleep 0.02; done'])
    await waitUntil('ticks', () => relay.stdout.length > 10)
    await control.request({op: 'pause', container: 'main'})
    await new Promise((resolve) => setTimeout(resolve, 200))
    const before = relay.stdout.length
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(relay.stdout.length).toBe(before)
    expect(await control.request({op: 'list'})).toMatchObject({containers: [{container: 'main', status: 'paused'}]})
    await control.request({op: 'resume', container: 'main'})
    await waitUntil('ticks after the pause', () => relay.stdout.length > before)
    relay.child.kill('SIGTERM')
    await relay.ended()
  })

  test('memory beyond the limit is told as such, and update changes limits', async () => {
    await makeRootfs(vm, control, 'hog')
    const hog = 'x=a; while :; do x=$x$x; done'
    const spec = containerSpec('hog', processSpec(['sh', '-c', hog]), {memory: {limit: 16 << 20}})
    await control.request({op: 'create', container: 'hog'}, spec)
    const exitFile = join(vm.directory, 'hog-exit')
    await using relay = await ProcessRelay.attach(vm, {container: 'hog', args: ['--exit-file', exitFile]})
    await using listener = await vm.connect()
    const events: Record<string, unknown>[] = []
    listener.onFrame = (frame) => {
      if (frame.type === type.event) events.push(JSON.parse(frame.payload.toString()) as Record<string, unknown>)
    }
    await listener.request({op: 'events'})
    await control.request({op: 'update', container: 'hog'}, JSON.stringify({memory: {limit: 24 << 20}}))
    expect(await control.request({op: 'stats', container: 'hog'})).toMatchObject({memory: {limit: 24 << 20}})
    await control.request({op: 'start', container: 'hog'})
    expect(await relay.ended()).toEqual({code: null, signal: 'SIGKILL'})
    expect(JSON.parse(readFileSync(exitFile, 'utf8'))).toMatchObject({
      exitCode: 137,
      signal: 9,
      oomKilled: true,
      reason: 'exited',
    })
    await waitUntil('events', () => events.length >= 2)
    expect(events).toContainEqual(expect.objectContaining({type: 'oom', container: 'hog'}))
    expect(events).toContainEqual({type: 'exit', container: 'hog', exitCode: 137, signal: 9, oomKilled: true})
    await control.request({op: 'delete', container: 'hog'})
  })

  test('a running container is deleted only with force, and leaves nothing', async () => {
    await makeRootfs(vm, control, 'gone')
    await control.request({op: 'create', container: 'gone'}, containerSpec('gone', processSpec(['sleep', '1000'])))
    await control.request({op: 'start', container: 'gone'})
    expect((await control.ask({op: 'delete', container: 'gone'})).error?.code).toBe('bad-state')
    await control.request({op: 'delete', container: 'gone', force: true})
    expect((await control.ask({op: 'delete', container: 'gone'})).error?.code).toBe('no-such-container')
    expect(existsSync(join(vm.directory, 'share/gone/bin/busybox'))).toBe(true)
    await createAgain(control, 'gone')
  })

  test('a container that is being created is deleted with force when it is there, and leaves nothing', async () => {
    await makeRootfs(vm, control, 'hasty')
    const created = control.ask(
      {op: 'create', container: 'hasty'},
      containerSpec('hasty', processSpec(['sleep', '1000'])),
    )
    const refused = control.ask({op: 'delete', container: 'hasty'})
    const deleted = control.ask({op: 'delete', container: 'hasty', force: true})
    expect((await refused).error).toEqual({code: 'bad-state', message: 'container hasty is being created'})
    expect((await created).error).toBeUndefined()
    expect((await deleted).error).toBeUndefined()
    await createAgain(control, 'hasty')
  })

  /** The same id again: nothing of the first may be in its way. */
  async function createAgain(connection: AgentConnection, id: string): Promise<void> {
    const mounts = [{type: 'bind', source: `/run/berth/share/host/${id}`, target: `/run/berth/ctr/${id}/rootfs`}]
    await connection.request({op: 'mount', mounts})
    await connection.request({op: 'create', container: id}, containerSpec(id, processSpec(['true'])))
    await connection.request({op: 'start', container: id})
    expect(await connection.request({op: 'wait', container: id})).toMatchObject({exitCode: 0, signal: 0})
    await connection.request({op: 'delete', container: id})
  }

  test('a client that breaks the protocol is cut off; the others go on', async () => {
    for (const bytes of [
      Buffer.from('GET / HTTP/1.0\r\n\r\n'),
      Buffer.from([0xb7, 1, 3, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 123, 125]),
    ]) {
      await using bad = await vm.connect()
      bad.sendRaw(bytes)
      await bad.waitForClose()
    }
    await using greedy = await vm.connect()
    greedy.send({type: type.data, payload: Buffer.alloc(10)})
    await greedy.waitForClose()
    expect(await control.request({op: 'ping'})).toMatchObject({protocol: 1})
  })

  test('what the container writes is on the host, and the other way round', async () => {
    await using relay = await exec(['sh', '-c', 'echo guest > /tmp/g; cat /tmp/h'])
    writeFileSync(join(vm.directory, 'share/main/tmp/h'), 'host\n')
    await relay.ended()
    expect(readFileSync(join(vm.directory, 'share/main/tmp/g'), 'utf8')).toBe('guest\n')
  })
})
