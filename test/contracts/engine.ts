import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {outputOf} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {type HostNetwork, openHostNetwork} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {openTerminal} from '../helpers/terminal.ts'
import {waitUntil} from '../helpers/wait-until.ts'

const SERVER = 'echo up; echo problem >&2; nc -ll -p 80 -e echo served & while :; do sleep 1; done'

/**
 * What a user sees of each verb of the engine, whatever runtime is below it. Few containers serve many tests, and those that come
 * and go live in one pod: where a container is a machine, all of them share one.
 */
export function describeEngine(runtime: string, skip?: string): void {
  describe.skipIf(skip !== undefined)(`the engine over ${runtime}${skip ? ` (${skip})` : ''}`, () => {
    let host: HostNetwork
    let berth: TestEngine
    const port = 20_000 + (process.pid % 20_000)

    beforeAll(async () => {
      host = await openHostNetwork()
      berth = openBerth({runtime, host})
      // A root that is mapped to a stranger of the host walks through it.
      chmodSync(berth.directory, 0o711)
      await berth.output('load', '-q', '-i', await busyboxArchive())
      const healthy = ['--health-cmd', 'test -e /healthy', '--health-interval', 'disable', '--health-retries', '1']
      const limits = ['--memory', '128m', '--pids-limit', '200', '--cpus', '1']
      const files = ['-v', 'data:/data', '--tmpfs', '/scratch', '-e', 'WHO=world', '--stop-signal', 'USR1']
      const setup = [...healthy, ...limits, ...files, '-p', `127.0.0.1:${port}:80`, '--hostname', 'harbour']
      const script = `trap "echo bye; exit 7" USR1; trap "echo hup" HUP; ${SERVER}`
      await berth.output('run', '-d', '--name', 'box', ...setup, 'busybox', 'sh', '-c', script)
      await berth.output('pod', 'create', '--name', 'suite', '--network', 'none')
    })
    afterAll(async () => {
      await berth?.run(['pod', 'rm', '-fa', '-t', '0'])
      await berth?.[Symbol.asyncDispose]()
      await host?.[Symbol.asyncDispose]()
    })

    const ok = (...args: readonly string[]) => berth.output(...args)
    const sh = (script: string) => ok('exec', 'box', 'sh', '-c', script)
    const inPod = (...args: readonly string[]) => berth.run(['run', '--pod', 'suite', ...args])
    const logged = async (container: string, line: string) =>
      waitUntil(`${line} in the log`, async () => (await ok('logs', container)).split('\n').includes(line))
    const state = (container: string) => ok('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', container)

    describe('a running container', () => {
      it('is listed and described', async () => {
        expect(await ok('ps', '--format', '{{.Names}} {{.State}} {{.Ports}}', '--filter', 'name=box')).toBe(
          `box running 127.0.0.1:${port}->80/tcp`,
        )
        const [described] = JSON.parse(await ok('inspect', 'box'))
        expect(described).toMatchObject({OCIRuntime: runtime, State: {Status: 'running', Running: true}})
        expect(described.HostConfig).toMatchObject({Memory: 128 << 20, PidsLimit: 200, NanoCpus: 1e9})
        expect(described.State.Pid).toBeGreaterThan(1)
      })

      it('executes: streams, exit codes, environment, user, directory, capabilities, detached', async () => {
        expect(await berth.run(['exec', 'box', 'sh', '-c', 'echo out; echo err >&2; exit 4'])).toMatchObject({
          ...{exitCode: 4, stdout: 'out\n', stderr: 'err\n'},
        })
        expect(
          await ok(
            'exec',
            '-e',
            'A=b',
            '-w',
            '/tmp',
            '-u',
            '5:9',
            'box',
            'sh',
            '-c',
            'echo $WHO $A; pwd; id -u; id -g',
          ),
        ).toBe('world b\n/tmp\n5\n9')
        expect((await berth.run(['exec', '-i', 'box', 'cat'], {input: 'x'.repeat(300_000)})).stdout).toHaveLength(
          300_000,
        )
        expect((await berth.run(['exec', 'box', 'nosuch'])).exitCode).toBe(127)
        expect((await berth.run(['exec', 'box', '/etc/passwd'])).exitCode).toBe(126)
        const capabilities = async (...options: readonly string[]) =>
          (await ok('exec', ...options, 'box', 'grep', 'CapEff', '/proc/self/status')).split('\t')[1]
        expect(await capabilities()).not.toBe(await capabilities('--privileged'))
        await ok('exec', '-d', 'box', 'sh', '-c', 'echo detached > /tmp/detached')
        await waitUntil('a detached exec', async () => (await sh('cat /tmp/detached 2>&1')) === 'detached')
      })

      it('executes on a terminal', async () => {
        const {program, globalArgs} = berth.setup
        await using terminal = openTerminal(program, [...globalArgs, 'exec', '-it', 'box', 'sh'], {
          columns: 90,
          rows: 31,
        })
        await terminal.waitFor(/# /, {timeoutMs: 30_000})
        terminal.type('stty size; tty\n')
        await terminal.waitFor(/31 90[\s\S]*\/dev\/pts\/\d/, {timeoutMs: 30_000})
        terminal.type('exit 6\n')
        expect(await terminal.exitCode).toBe(6)
      })

      it('logs both streams, and is attached to', async () => {
        expect(await berth.run(['logs', 'box'])).toMatchObject({stdout: 'up\n', stderr: 'problem\n'})
        expect(await ok('logs', '-t', 'box')).toMatch(/^\d{4}-.* up$/)
        const attached = berth.run(['attach', '--no-stdin', '--sig-proxy=false', 'box'], {timeoutMs: 8_000})
        await new Promise((resolve) => setTimeout(resolve, 3_000))
        await ok('kill', '-s', 'HUP', 'box')
        await logged('box', 'hup')
        // It goes on, so that the attached command ends by its time limit.
        expect((await attached).stdout).toBe('hup\n')
      })

      it('shows its own processes, usage and limits', async () => {
        const top = (await ok('top', 'box', 'pid', 'user', 'args')).split('\n')
        expect(top[0]).toMatch(/^PID +USER +COMMAND/)
        expect(top.some((line) => /^1 +root +sh -c trap/.test(line))).toBe(true)
        expect(top.some((line) => /nc -ll -p 80/.test(line))).toBe(true)
        expect(top.length).toBeLessThan(6)
        const [usage] = JSON.parse(await ok('stats', '--no-stream', '--format', 'json', 'box'))
        expect(usage.name).toBe('box')
        expect(usage.pids).toMatch(/^[1-9]/)
        expect(usage.mem_usage).not.toMatch(/^0B/)
        expect(usage.cpu_percent).toMatch(/^\d+\.\d\d%$/)
        await ok('update', '--pids-limit', '77', '--memory', '96m', 'box')
        expect(await ok('inspect', '-f', '{{.HostConfig.PidsLimit}} {{.HostConfig.Memory}}', 'box')).toBe(
          `77 ${96 << 20}`,
        )
      })

      it('is paused, refuses work then, and goes on', async () => {
        await ok('pause', 'box')
        expect(await state('box')).toBe('paused 0')
        expect((await berth.run(['exec', 'box', 'true'])).exitCode).not.toBe(0)
        await ok('unpause', 'box')
        expect(await sh('echo on')).toBe('on')
      })

      it('is healthy or not, as its own files say', async () => {
        expect((await berth.run(['healthcheck', 'run', 'box'])).exitCode).toBe(1)
        expect(await ok('inspect', '-f', '{{.State.Health.Status}}', 'box')).toBe('unhealthy')
        await sh('touch /healthy')
        expect((await berth.run(['healthcheck', 'run', 'box'])).exitCode).toBe(0)
        expect(await ok('inspect', '-f', '{{.State.Health.Status}}', 'box')).toBe('healthy')
      })

      it('shares a volume with the host at once, both ways, and keeps tmpfs to itself', async () => {
        const directory = await ok('volume', 'inspect', '-f', '{{.Mountpoint}}', 'data')
        await sh('echo inside > /data/in; mkdir /data/sub; echo s > /scratch/s')
        expect(readFileSync(join(directory, 'in'), 'utf8')).toBe('inside\n')
        writeFileSync(join(directory, 'out'), 'outside\n')
        expect(await sh('cat /data/out; stat -f -c %T /scratch')).toBe('outside\ntmpfs')
      })

      it('has files copied, compared, exported, mounted and committed while it runs', async () => {
        await sh('mkdir -p /work/sub; echo made > /work/sub/file; ln -s file /work/sub/link; rm /bin/md5sum')
        const out = join(berth.directory, 'copied')
        await ok('cp', 'box:/work', out)
        expect(readFileSync(join(out, 'sub/file'), 'utf8')).toBe('made\n')
        writeFileSync(join(berth.directory, 'given'), 'given\n')
        await ok('cp', join(berth.directory, 'given'), 'box:/work/given')
        expect(await sh('cat /work/given')).toBe('given')
        const diff = (await ok('diff', 'box')).split('\n')
        expect(diff).toEqual(expect.arrayContaining(['A /work', 'A /work/sub/file', 'A /work/given', 'D /bin/md5sum']))
        const archive = join(berth.directory, 'box.tar')
        await ok('export', '-o', archive, 'box')
        expect((await outputOf('tar', ['-tf', archive])).split('\n')).toEqual(
          expect.arrayContaining(['work/sub/file', 'bin/busybox']),
        )
        const mounted = await ok('mount', 'box')
        expect(readFileSync(join(mounted, 'work/sub/file'), 'utf8')).toBe('made\n')
        await ok('unmount', 'box')
        await ok('commit', '-q', '-p', 'box', 'committed')
        expect(await ok('image', 'exists', 'committed')).toBe('')
        const {stdout} = await inPod('--rm', 'committed', 'sh', '-c', 'cat /work/sub/link; ls /bin/md5sum 2>&1')
        expect(stdout).toMatch(/^made\n.*No such file/)
      })

      it('is reached through its published port', async () => {
        expect(await ok('port', 'box')).toBe(`80/tcp -> 127.0.0.1:${port}`)
        expect(await fromPort(host, port)).toBe('served\n')
      })

      it('joins another network and leaves it while it runs', async () => {
        const names = async () => (await sh('ls /sys/class/net')).split('\n').filter((name) => /^eth/.test(name))
        await ok('network', 'create', '--subnet', '10.97.5.0/24', '--interface-name', `bt${process.pid}`, 'second')
        await ok('network', 'connect', '--ip', '10.97.5.9', 'second', 'box')
        expect(await names()).toEqual(['eth0', 'eth1'])
        expect(await sh('ip -4 -o addr show eth1')).toContain('10.97.5.9/24')
        expect((await host.run('ping', '-c1', '-W5', '10.97.5.9')).exitCode).toBe(0)
        await ok('network', 'disconnect', 'second', 'box')
        expect(await names()).toEqual(['eth0'])
        expect(await fromPort(host, port)).toBe('served\n')
        await ok('network', 'rm', 'second')
      })

      it('is renamed, stopped by its own signal, started again with what it wrote, and removed', async () => {
        await ok('rename', 'box', 'ship')
        expect(await ok('stop', '-t', '20', 'ship')).toBe('ship')
        expect(await state('ship')).toBe('exited 7')
        await logged('ship', 'bye')
        expect((await ok('diff', 'ship')).split('\n')).toContain('A /work/sub/file')
        await ok('cp', 'ship:/work/given', join(berth.directory, 'back'))
        await ok('start', 'ship')
        expect(await ok('exec', 'ship', 'cat', '/work/sub/file', '/data/out', '/etc/hostname')).toBe(
          'made\noutside\nharbour',
        )
        expect(
          await ok(
            'exec',
            'ship',
            'sh',
            '-c',
            'cat /sys/fs/cgroup/pids/pids.max || cat /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)/pids.max',
          ),
        ).toBe('77')
        const before = await ok('inspect', '-f', '{{.State.StartedAt}}', 'ship')
        await ok('restart', '-t', '0', 'ship')
        expect(await ok('inspect', '-f', '{{.State.StartedAt}}', 'ship')).not.toBe(before)
        await ok('kill', 'ship')
        expect(await ok('wait', 'ship')).toBe('137')
        await ok('rm', 'ship')
        expect((await berth.run(['container', 'exists', 'ship'])).exitCode).toBe(1)
      })
    })

    describe('containers that come and go in one pod', () => {
      it('give their streams, exit code and input', async () => {
        expect(await inPod('--rm', 'busybox', 'sh', '-c', 'echo out; echo err >&2; exit 3')).toMatchObject({
          ...{exitCode: 3, stdout: 'out\n', stderr: 'err\n'},
        })
        const big = await berth.run(['run', '-i', '--rm', '--pod', 'suite', 'busybox', 'cat'], {input: 'y'.repeat(1e6)})
        expect(big.stdout).toHaveLength(1e6)
        expect((await inPod('--rm', 'busybox', 'nosuch')).exitCode).toBe(127)
        expect((await inPod('--rm', 'busybox', '/etc/passwd')).exitCode).toBe(126)
        const edits = {env: ['HOLD=full'], deviceNodes: [{path: '/dev/hold', hostPath: '/dev/full'}]}
        const devices = [{name: 'hold', containerEdits: edits}]
        writeFileSync(
          join(berth.directory, 'ship.json'),
          JSON.stringify({cdiVersion: '0.5.0', kind: 'ship.test/part', devices}),
        )
        const named = ['--rm', '--cdi-spec-dir', berth.directory, '--device', 'ship.test/part=hold']
        expect(await inPod(...named, 'busybox', 'sh', '-c', 'echo $HOLD; echo 2>&1 >/dev/hold')).toMatchObject({
          stdout: 'full\nsh: write error: No space left on device\n',
        })
        expect(await inPod('--rm', '--device', 'nobody.test/dev=one', 'busybox', 'true')).toMatchObject({
          stderr: 'Error: setting up CDI devices: unresolvable CDI devices nobody.test/dev=one\n',
          exitCode: 126,
        })
      })

      it('are what their options say', async () => {
        const shared = join(berth.directory, 'shared')
        mkdirSync(shared)
        chmodSync(shared, 0o777)
        const file = join(shared, 'token')
        writeFileSync(file, 'swordfish')
        await ok('secret', 'create', 'token', file)
        const options = [
          ...['--rm', '--user', '12:34', '--group-add', '56', '--workdir', '/tmp', '-e', 'A=b', '--init'],
          ...['--secret', 'token', '--read-only', '--cap-drop', 'all', '--ulimit', 'nofile=99:100', '--umask', '0027'],
          ...['-v', `${shared}:/host:ro`, '--tmpfs', '/t:size=1m,mode=1777', '--shm-size', '2m'],
        ]
        const script = [
          ...[
            'id -u',
            'id -g',
            'id -G',
            'pwd',
            'echo $A',
            'umask',
            'ulimit -n',
            'cat /run/secrets/token',
            'echo',
            'cat /host/token',
            'echo',
          ],
          ...[
            'cat /proc/1/comm',
            'grep CapEff /proc/self/status',
            'touch /x 2>&1',
            'touch /host/x 2>&1',
            'touch /t/x',
            'echo $?',
          ],
        ].join('; ')
        expect((await inPod(...options, 'busybox', 'sh', '-c', script)).stdout.split('\n')).toEqual([
          ...['12', '34', '34 56'],
          ...['/tmp', 'b', '0027', '99', 'swordfish', 'swordfish'],
          expect.stringMatching(/init|catatonit/),
          'CapEff:\t0000000000000000',
          'touch: /x: Read-only file system',
          'touch: /host/x: Read-only file system',
          ...['0', ''],
        ])
      })

      it('start again by their policy, and are waited for', async () => {
        await ok(
          'run',
          '-d',
          '--pod',
          'suite',
          '--name',
          'again',
          '--restart',
          'on-failure:1',
          'busybox',
          'sh',
          '-c',
          'exit 1',
        )
        await waitUntil(
          'the second end',
          async () => (await ok('inspect', '-f', '{{.RestartCount}} {{.State.Status}}', 'again')) === '1 exited',
          {timeoutMs: 60_000},
        )
        expect(await ok('wait', 'again')).toBe('1')
        await ok('rm', 'again')
      })

      it('are attached to with their input, and stopped by force when they do not listen', async () => {
        await ok(
          'create',
          '-i',
          '--pod',
          'suite',
          '--name',
          'reader',
          'busybox',
          'sh',
          '-c',
          'read a; echo got $a; exit 9',
        )
        const attached = await berth.run(['start', '-a', '-i', 'reader'], {input: 'word\n'})
        expect(attached).toMatchObject({exitCode: 9, stdout: 'got word\n'})
        await ok(
          'run',
          '-d',
          '--pod',
          'suite',
          '--name',
          'deaf',
          'busybox',
          'sh',
          '-c',
          'trap "" TERM; while :; do sleep 1; done',
        )
        expect((await berth.run(['stop', '-t', '1', 'deaf'])).exitCode).toBe(0)
        expect(await state('deaf')).toBe('exited 137')
        await ok('rm', 'reader', 'deaf')
      })

      it('see each other through localhost, memory and the host name, and one may fall alone', async () => {
        const member = ['run', '-d', '--pod', 'suite', '-v', 'common:/common']
        await ok(...member, '--name', 'server', 'busybox', 'sh', '-c', 'while :; do echo pod | nc -l -p 8080; done')
        await ok(...member, '--name', 'peer', 'busybox', 'sleep', '1000')
        await waitUntil('an answer', async () => {
          const {stdout} = await berth.run(['exec', 'peer', 'sh', '-c', 'nc -w 2 127.0.0.1 8080 </dev/null'])
          return stdout === 'pod\n'
        })
        await ok('exec', 'server', 'sh', '-c', 'echo shared > /dev/shm/file; echo volume > /common/file')
        const both = 'cat /dev/shm/file /common/file; hostname'
        expect(await ok('exec', 'peer', 'sh', '-c', both)).toBe('shared\nvolume\nsuite')
        const boot = (name: string) => ok('exec', name, 'cat', '/proc/sys/kernel/random/boot_id')
        expect(await boot('server')).toBe(await boot('peer'))
        await ok('kill', 'server')
        expect(await ok('wait', 'server')).toBe('137')
        expect(await ok('exec', 'peer', 'echo', 'alive')).toBe('alive')
        await ok('pod', 'pause', 'suite')
        expect(await state('peer')).toBe('paused 0')
        await ok('pod', 'unpause', 'suite')
        await ok('pod', 'stop', '-t', '0', 'suite')
        expect(await state('peer')).toBe('exited 137')
        await ok('pod', 'start', 'suite')
        expect(await ok('exec', 'peer', 'echo', 'again')).toBe('again')
        await ok('pod', 'rm', '-f', '-t', '0', 'suite')
        await ok('volume', 'rm', 'common')
        expect(await ok('ps', '-aq')).toBe('')
      })
    })
  })
}

async function fromPort(host: HostNetwork, port: number): Promise<string> {
  let answer = ''
  await waitUntil(
    'an answer from the published port',
    async () => {
      const connect = `import socket; s = socket.create_connection(("127.0.0.1", ${port}), 5); print(s.recv(99).decode(), end="")`
      answer = (await host.run('python3', '-c', connect)).stdout
      return answer !== ''
    },
    {timeoutMs: 60_000},
  )
  return answer
}
