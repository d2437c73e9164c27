import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {identifyProcess} from '../../src/host/index.ts'
import type {Spec} from '../../src/oci/types/runtime-spec.ts'
import {type CommandOptions, type CommandResult, requireSuccess, runCommand} from '../helpers/command.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {receiveConsole} from './console-socket.ts'
import {type BundleOptions, makeBundle, makeRootfs} from './oci-bundle.ts'
import {callsInState} from './wrong-state.ts'

export interface RuntimeUnderTest {
  readonly program: string
  /** Removes what the runtime itself needed. */
  close(): Promise<void>
}

interface State {
  readonly status: string
  readonly pid: number
  readonly id: string
  readonly bundle: string
  readonly ociVersion: string
  readonly annotations?: Record<string, string>
}

/**
 * What callers of an OCI runtime rely on, seen from outside: command line, files, signals, streams. runc is the oracle: a
 * test that runc does not pass is wrong.
 * @param options `inWordsOfRunc`: also its exit codes, messages and the verbs that it has beyond the specification
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.1.0/runtime.md
 */
export function describeOciRuntime(
  name: string,
  open: () => Promise<RuntimeUnderTest>,
  skip?: string,
  {inWordsOfRunc = true}: {readonly inWordsOfRunc?: boolean} = {},
): void {
  const itInWords = it.skipIf(!inWordsOfRunc)
  describe.skipIf(skip !== undefined)(`OCI runtime ${name}${skip ? ` (${skip})` : ''}`, () => {
    let runtime: RuntimeUnderTest
    let directory: string
    let root: string
    const made: string[] = []

    beforeAll(async () => {
      runtime = await open()
      directory = makeRootfs()
      root = mkdtempSync(join(directory, 'state-'))
    })

    afterEach(async () => {
      for (const id of made.splice(0)) await call(['delete', '--force', id])
    })

    afterAll(async () => {
      await runtime?.close()
      rmSync(directory, {recursive: true, force: true})
    })

    const call = (words: readonly string[], options?: CommandOptions): Promise<CommandResult> =>
      runCommand(runtime.program, ['--root', root, ...words], options)
    const ok = async (...words: readonly string[]) => requireSuccess(await call(words))
    const state = async (id: string) => JSON.parse(await ok('state', id)) as State
    const hasStatus = (id: string, status: string) =>
      waitUntil(`${id} is ${status}`, async () => (await state(id)).status === status, {timeoutMs: 20_000})
    let serial = 0
    const newID = () => {
      const id = `contract-${process.pid}-${serial++}`
      made.push(id)
      return id
    }
    const run = async (options: BundleOptions, more: CommandOptions = {}) =>
      call(['run', '--bundle', makeBundle(directory, options), newID()], more)
    /** Detached as conmon does it: streams go to files. */
    const create = async (options: BundleOptions, ...words: readonly string[]) => {
      const id = newID()
      const bundle = makeBundle(directory, options)
      const result = await runCommand('sh', [
        '-c',
        'out=$1; shift; exec "$@" </dev/null >"$out" 2>"$out.err"',
        'sh',
        join(bundle, 'out'),
        runtime.program,
        ...['--root', root, 'create', '--bundle', bundle, '--pid-file', join(bundle, 'pid'), ...words, id],
      ])
      if (result.exitCode !== 0) throw new Error(readFileSync(join(bundle, 'out.err'), 'utf8'))
      return {id, bundle, output: () => readFileSync(join(bundle, 'out'), 'utf8')}
    }

    describe('lifecycle', () => {
      itInWords('goes from created over running to stopped, and nothing is left after delete', async () => {
        const {id, bundle, output} = await create({
          args: ['sh', '-c', 'trap "echo term; exit 0" TERM; echo up; while :; do sleep 0.1; done'],
          change: (spec) => {
            spec.annotations = {'org.example.colour': 'blue'}
          },
        })
        const created = await state(id)
        expect(created).toMatchObject({status: 'created', id, bundle, ociVersion: expect.stringMatching(/^1\./)})
        expect(created.annotations).toMatchObject({'org.example.colour': 'blue'})
        expect(readFileSync(join(bundle, 'pid'), 'utf8')).toBe(String(created.pid))
        expect(identifyProcess(created.pid)).toBeDefined()
        expect(output()).toBe('')
        await ok('start', id)
        await waitUntil('output', () => output() === 'up\n')
        expect((await state(id)).status).toBe('running')
        expect((await call(['start', id])).exitCode).not.toBe(0)
        expect((await call(['delete', id])).exitCode).not.toBe(0)
        await ok('kill', id, 'TERM')
        await hasStatus(id, 'stopped')
        expect(output()).toBe('up\nterm\n')
        expect(identifyProcess(created.pid)).toBeUndefined()
        expect((await call(['kill', id, 'TERM'])).stderr).toMatch(/container not running/)
        expect((await call(['start', id])).exitCode).not.toBe(0)
        await ok('delete', id)
        const gone = await call(['state', id])
        expect(gone.exitCode).not.toBe(0)
        expect(gone.stderr).toMatch(/does not exist/)
      })

      it('passes a signal sent to its pid, and removes a running one by force', async () => {
        const {id, output} = await create({
          args: ['sh', '-c', 'trap "echo usr" USR1; echo up; while :; do sleep 0.1; done'],
        })
        await ok('start', id)
        await waitUntil('start', () => output() === 'up\n')
        const {pid} = await state(id)
        process.kill(pid, 'SIGUSR1')
        await waitUntil('trap', () => output() === 'up\nusr\n', {describe: output})
        await ok('delete', '--force', id)
        expect(identifyProcess(pid)).toBeUndefined()
        expect((await call(['state', id])).exitCode).not.toBe(0)
        await ok('delete', '--force', id)
      })

      it('deletes a container that was never started, and frees its id', async () => {
        const {id, bundle} = await create({args: ['true']})
        const again = await call(['create', '--bundle', bundle, id])
        expect([again.exitCode !== 0, again.stderr]).toEqual([true, expect.stringMatching(/exists/)])
        await ok('delete', id)
        await ok('run', '--bundle', bundle, id)
      })

      it('refuses bundles and ids that cannot be', async () => {
        const bundle = makeBundle(directory, {})
        expect((await call(['create', '--bundle', join(directory, 'none'), newID()])).exitCode).not.toBe(0)
        expect((await call(['create', '--bundle', bundle, '../x'])).exitCode).not.toBe(0)
        expect((await call(['create', '--bundle', bundle])).exitCode).not.toBe(0)
        writeFileSync(join(bundle, 'config.json'), '{"ociVersion":')
        expect((await call(['create', '--bundle', bundle, newID()])).exitCode).not.toBe(0)
      })

      itInWords('writes errors to its log as JSON', async () => {
        const log = join(directory, 'log.json')
        await call(['--log', log, '--log-format', 'json', 'state', 'nobody'])
        const entries = readFileSync(log, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
        expect(entries.at(-1)).toMatchObject({level: 'error', msg: expect.stringMatching(/does not exist/)})
      })
    })

    describe('process', () => {
      it('gets arguments, environment, directory and streams, and gives its exit code', async () => {
        const script = 'cat; echo "$COLOUR $(pwd) $(hostname)"; echo oops >&2; exit 42'
        const result = await run({args: ['sh', '-c', script], process: {cwd: '/tmp'}}, {input: 'typed\n'})
        expect(result).toMatchObject({exitCode: 42, stdout: 'typed\nred /tmp contract\n', stderr: 'oops\n'})
      })

      it('runs as the given user with the given rights', async () => {
        const script = 'id -u; id -g; id -G; grep -E "^(CapEff|CapBnd|NoNewPrivs)" /proc/self/status; umask'
        const result = await run({
          args: ['sh', '-c', script],
          process: {
            user: {uid: 1000, gid: 1001, additionalGids: [5, 6], umask: 0o77},
            capabilities: {bounding: ['CAP_KILL'], effective: [], permitted: []},
          },
        })
        expect(result.stdout.split('\n')).toEqual([
          ...['1000', '1001', '1001 5 6'],
          ...['CapEff:\t0000000000000000', 'CapBnd:\t0000000000000020', 'NoNewPrivs:\t1'],
          ...['0077', ''],
        ])
      })

      it('is reported when it is not there, and nothing is left', async () => {
        const id = newID()
        const result = await call(['run', '--bundle', makeBundle(directory, {args: ['nosuchprogram']}), id])
        expect(result.exitCode).not.toBe(0)
        expect(result.stderr).toMatch(/nosuchprogram.*(not found|no such file)/i)
        expect((await call(['state', id])).exitCode).not.toBe(0)
      })

      it('that a signal ends leaves 128 and its number', async () => {
        const result = await run({args: ['sh', '-c', 'kill -KILL $$'], change: (spec) => withoutPidNamespace(spec)})
        expect(result.exitCode).toBe(137)
      })

      it('passes a megabyte through unchanged', async () => {
        const input = Buffer.alloc(1 << 20, 'berth\n')
        const result = await run({args: ['cat']}, {input})
        expect(result.stdoutBytes.equals(input)).toBe(true)
      })

      it('has a terminal whose master goes to the console socket', async () => {
        await using console = await receiveConsole(directory)
        const {id} = await create(
          {
            args: ['sh', '-c', 'stty size; read line; echo "got $line"; tty <&0 >/dev/null 2>&1; exit 0'],
            process: {terminal: true, consoleSize: {height: 31, width: 97}},
          },
          '--console-socket',
          console.path,
        )
        await ok('start', id)
        await console.waitFor(/31 97/)
        console.type('hello\n')
        await console.waitFor(/got hello/)
        await hasStatus(id, 'stopped')
      })
    })

    describe('file systems', () => {
      it('shares binds both ways, keeps read-only ones, and mounts single files', async () => {
        const shared = mkdtempSync(join(directory, 'shared-'))
        writeFileSync(join(shared, 'in'), 'from the host\n')
        const file = join(directory, 'single')
        writeFileSync(file, 'single file\n')
        const script = [
          'cat /data/in /single',
          'echo written > /data/out; chown 7:8 /data/out; chmod 640 /data/out; ln /data/out /data/hard; ln -s out /data/soft',
          'echo x > /readonly/no 2>/dev/null && echo BAD; echo x > /single2 2>/dev/null && echo BAD',
          'mkdir -p /data/a/b && rm -r /data/a && ls /data',
        ].join('; ')
        const bind = (destination: string, source: string, ...options: string[]) => ({
          ...{destination, source, type: 'bind'},
          options: ['rbind', 'rprivate', ...options],
        })
        const result = await run({
          args: ['sh', '-c', script],
          change: (spec) => {
            spec.mounts?.push(bind('/data', shared), bind('/readonly', shared, 'ro'), bind('/single', file))
            spec.mounts?.push(bind('/single2', file, 'ro'))
          },
        })
        expect(result.stdout).toBe('from the host\nsingle file\nhard\nin\nout\nsoft\n')
        expect(readFileSync(join(shared, 'out'), 'utf8')).toBe('written\n')
        const {uid, gid, mode, nlink} = statSync(join(shared, 'out'))
        expect([uid, gid, mode & 0o777, nlink]).toEqual([7, 8, 0o640, 2])
        expect(existsSync(join(shared, 'no'))).toBe(false)
      })

      it('can make pipes, links and sparse files in the root file system', async () => {
        const script = [
          'cd /tmp && mkfifo pipe && (echo through > pipe &) && cat pipe',
          'ln -s pipe soft; dd if=/dev/zero of=sparse bs=1 count=1 seek=1000000 2>/dev/null; stat -c %s sparse; rm -f pipe soft sparse',
        ].join('; ')
        expect((await run({args: ['sh', '-c', script]})).stdout).toBe('through\n1000001\n')
      })

      it('writes the root file system through, unless it is read-only', async () => {
        const writable = await run({args: ['sh', '-c', 'echo kept > /tmp/kept && cat /tmp/kept']})
        expect(writable.stdout).toBe('kept\n')
        expect(readFileSync(join(directory, 'rootfs/tmp/kept'), 'utf8')).toBe('kept\n')
        const readOnly = await run({
          args: ['sh', '-c', 'echo no > /tmp/no'],
          change: (spec) => {
            if (spec.root) spec.root.readonly = true
            spec.mounts?.push({destination: '/mnt', type: 'tmpfs', source: 'tmpfs', options: ['size=1m']})
          },
        })
        expect([readOnly.exitCode, existsSync(join(directory, 'rootfs/tmp/no'))]).toEqual([1, false])
      })

      it('masks paths and makes others read-only', async () => {
        const script = 'wc -c < /proc/cpuinfo; echo x > /proc/sys/kernel/domainname 2>/dev/null && echo BAD; echo done'
        const result = await run({args: ['sh', '-c', script]})
        expect(result.stdout).toBe('0\ndone\n')
      })
    })

    describe('a seccomp filter', () => {
      const script = 'mkdir /tmp/never 2>&1; chmod 700 /tmp && chmod 701 /tmp 2>&1; grep Seccomp: /proc/self/status'
      const filtered = /: No space left on device\n.*: Permission denied\nSeccomp:\t2\n?$/
      const filter = ({linux}: Spec) => {
        if (!linux) return
        linux.seccomp = {
          defaultAction: 'SCMP_ACT_ALLOW',
          architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
          syscalls: [
            {names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 28},
            {
              names: ['chmod'],
              action: 'SCMP_ACT_ERRNO',
              errnoRet: 13,
              args: [{index: 1, value: 0o701, op: 'SCMP_CMP_EQ'}],
            },
          ],
        }
      }

      it('holds for the process and for those that are executed later', async () => {
        expect((await run({args: ['sh', '-c', script], change: filter})).stdout).toMatch(filtered)
        const {id} = await create({args: ['sleep', '1000'], change: filter})
        await ok('start', id)
        expect(await ok('exec', id, 'sh', '-c', script)).toMatch(filtered)
      })

      it('that cannot be is refused', async () => {
        const change = (spec: Spec) => {
          if (spec.linux) spec.linux.seccomp = {defaultAction: 'SCMP_ACT_NONSENSE'}
        }
        const result = await call(['run', '--bundle', makeBundle(directory, {change}), newID()])
        expect(result.exitCode).not.toBe(0)
        expect(result.stderr).toMatch(/SCMP_ACT_NONSENSE|seccomp/)
      })
    })

    describe('hooks', () => {
      it('run in order, each with the state on stdin', async () => {
        const log = join(directory, 'hooks.log')
        const hook = (kind: string) => ({
          path: '/bin/sh',
          args: ['sh', '-c', `read -r state; echo "${kind} $LETTER $state" >> ${log}`],
          env: ['LETTER=x', 'PATH=/usr/bin:/bin'],
        })
        const {id} = await create({
          args: ['sleep', '100'],
          change: (spec) => {
            spec.hooks = {
              prestart: [hook('prestart')],
              createRuntime: [hook('createRuntime')],
              createContainer: [hook('createContainer')],
              poststart: [hook('poststart')],
              poststop: [hook('poststop')],
            }
          },
        })
        const before = readFileSync(log, 'utf8')
        expect(before.match(/^\w+/gm)?.slice(0, 3)).toEqual(['prestart', 'createRuntime', 'createContainer'])
        await ok('start', id)
        await ok('kill', id, 'KILL')
        await hasStatus(id, 'stopped')
        await ok('delete', id)
        const lines = readFileSync(log, 'utf8').trim().split('\n')
        expect(lines.map((line) => line.split(' ')[0])).toEqual([
          ...['prestart', 'createRuntime', 'createContainer', 'poststart', 'poststop'],
        ])
        for (const line of lines) {
          const [, letter, ...json] = line.split(' ')
          expect([letter, JSON.parse(json.join(' '))]).toEqual(['x', expect.objectContaining({id})])
        }
      })

      it('that fail before the start leave nothing', async () => {
        const id = newID()
        const bundle = makeBundle(directory, {
          change: (spec) => {
            spec.hooks = {createRuntime: [{path: '/bin/sh', args: ['sh', '-c', 'echo broken >&2; exit 3']}]}
          },
        })
        expect((await call(['create', '--bundle', bundle, id])).exitCode).not.toBe(0)
        expect((await call(['state', id])).exitCode).not.toBe(0)
      })

      it('that take too long are killed', async () => {
        const started = Date.now()
        const bundle = makeBundle(directory, {
          change: (spec) => {
            spec.hooks = {prestart: [{path: '/bin/sleep', args: ['sleep', '60'], timeout: 1}]}
          },
        })
        expect((await call(['create', '--bundle', bundle, newID()])).exitCode).not.toBe(0)
        expect(Date.now() - started).toBeLessThan(40_000)
      })
    })

    describe('a running container', () => {
      let id = ''
      beforeAll(async () => {
        const running = await create({args: ['sh', '-c', 'while :; do sleep 0.2; done']})
        id = running.id
        made.length = 0
        await ok('start', id)
      })
      afterAll(async () => {
        await call(['delete', '--force', id])
      })

      itInWords('runs more processes, with their own streams, directory, variables, user and exit code', async () => {
        const result = await call(
          [
            'exec',
            '--cwd',
            '/tmp',
            '--env',
            'A=b',
            '--user',
            '5:6',
            id,
            'sh',
            '-c',
            'cat; echo $A $(pwd) $(id -u) $(id -g); echo e >&2; exit 9',
          ],
          {input: 'in\n'},
        )
        expect(result).toMatchObject({exitCode: 9, stdout: 'in\nb /tmp 5 6\n', stderr: 'e\n'})
      })

      it('runs a process from a file, detached, with a pid of its own', async () => {
        const [file, pidFile] = [join(directory, 'process.json'), join(directory, 'exec.pid')]
        const process = {args: ['sleep', '100'], cwd: '/', env: ['PATH=/bin'], user: {uid: 0, gid: 0}}
        writeFileSync(file, JSON.stringify(process))
        const words = ['--root', root, 'exec', '--detach', '--process', file, '--pid-file', pidFile, id]
        await runCommand('sh', ['-c', 'exec "$@" <&- >/dev/null 2>&1 </dev/null', 'sh', runtime.program, ...words])
        const pid = Number(readFileSync(pidFile, 'utf8'))
        expect(identifyProcess(pid)).toBeDefined()
        globalThis.process.kill(pid, 'SIGTERM')
        await waitUntil('the end of exec', () => identifyProcess(pid) === undefined)
      })

      it('says which command it does not find', async () => {
        const result = await call(['exec', id, 'nosuchprogram'])
        expect([result.exitCode, result.stderr]).toEqual([
          255,
          expect.stringMatching(/nosuchprogram.*(not found|no such file)/i),
        ])
      })

      it('passes the options of a command on', async () => {
        expect((await call(['exec', id, 'echo', '--', '-n', '--env'])).stdout).toBe('-- -n --env\n')
      })

      it('stands still while it is paused', async () => {
        await ok('pause', id)
        expect((await state(id)).status).toBe('paused')
        expect((await call(['exec', id, 'true'])).exitCode).not.toBe(0)
        await ok('resume', id)
        expect((await state(id)).status).toBe('running')
        expect((await call(['exec', id, 'true'])).exitCode).toBe(0)
      })

      it('lists its processes and is listed', async () => {
        const pids = JSON.parse(await ok('ps', '--format', 'json', id))
        expect(pids.length).toBeGreaterThan(0)
        const all = JSON.parse(await ok('list', '--format', 'json'))
        expect(all).toContainEqual(expect.objectContaining({id, status: 'running'}))
        expect((await ok('list', '-q')).split('\n')).toContain(id)
      })

      itInWords('changes its limits and reports usage', async () => {
        await ok('update', '--memory', '67108864', '--pids-limit', '50', id)
        const {type, data} = JSON.parse(await ok('events', '--stats', id))
        expect(type).toBe('stats')
        expect(data.memory.usage.limit).toBe(67_108_864)
        expect(data.pids).toMatchObject({limit: 50, current: expect.any(Number)})
        expect(data.cpu.usage.total).toBeGreaterThan(0)
      })

      itInWords('refuses what is no signal', async () => {
        expect((await call(['kill', id, 'NONSENSE'])).exitCode).not.toBe(0)
        expect((await state(id)).status).toBe('running')
      })
    })

    itInWords.each([
      [3, ['unknown'], /No help topic for 'unknown'/],
      [3, ['help', 'unknown'], /No help topic for 'unknown'/],
      [1, ['--unknown', 'list'], /flag provided but not defined: -unknown/],
      [1, ['--root'], /flag needs an argument: -/],
      [1, ['--debug=maybe', 'list'], /invalid boolean value .*maybe.* for -debug/],
      [1, ['--log-format', 'maybe', 'list'], /invalid log-format: maybe/],
      [1, ['--log', '/nowhere/log', 'list'], /open \/nowhere\/log: no such file or directory/],
      ...['state', 'start', 'delete', 'pause', 'resume', 'update', 'events', 'create', 'run'].map(
        (verb) => [1, [verb], /requires exactly 1 argument\(s\)/] as const,
      ),
      ...['kill', 'exec', 'ps'].map((verb) => [1, [verb], /requires a minimum of 1 argument\(s\)/] as const),
      ...['list', 'spec', 'features'].map((verb) => [1, [verb, 'x'], /requires exactly 0 argument\(s\)/] as const),
      [1, ['start', 'a', 'b'], /requires exactly 1 argument\(s\)/],
      [1, ['kill', 'nobody', 'TERM', 'x'], /requires a maximum of 2 argument\(s\)/],
      ...['state', 'start', 'delete', 'exec', 'ps'].map(
        (verb) => [1, [verb, '--unknown', 'nobody'], /flag provided but not defined: -unknown/] as const,
      ),
      ...['state', 'start', 'kill', 'delete', 'ps', 'pause', 'resume', 'update', 'events'].map(
        (verb) => [1, [verb, 'nobody'], /container does not exist/] as const,
      ),
      [255, ['exec', 'nobody', 'true'], /container does not exist/],
      [0, ['delete', '--force', 'nobody'], /^$/],
      [1, ['list', '--format', 'maybe'], /invalid format option/],
      [1, ['spec', '--bundle', '/nowhere'], /no such file or directory/],
      [1, ['create', '--bundle', '/nowhere', 'nobody'], /no such file or directory/],
    ] as const)('ends with %i for %j', async (exitCode, words, message) => {
      const result = await call([...words])
      expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringMatching(message)])
    })

    it.skipIf(!inWordsOfRunc || existsSync('/run/systemd/system'))(
      'refuses cgroups of a systemd that is not there',
      async () => {
        const id = newID()
        const result = await call(['--systemd-cgroup', 'create', '--bundle', makeBundle(directory), id])
        expect(result).toMatchObject({exitCode: 1, stderr: expect.stringMatching(/systemd not running on this host/)})
        expect((await call(['state', id])).exitCode).toBe(1)
      },
    )

    itInWords('answers in each state what that state allows', {timeout: 400_000}, async () => {
      const {id, bundle} = await create({args: ['sh', '-c', 'sleep 1000']})
      const answers = async (status: keyof typeof callsInState) => {
        await hasStatus(id, status)
        for (const [exitCode, template, message] of callsInState[status]) {
          const words = template.map((word) => (word === 'ID' ? id : word === 'BUNDLE' ? bundle : word))
          const result = await call(words)
          const said = (result.stderr || result.stdout).trim()
          expect([status, template, result.exitCode, said]).toEqual([
            ...[status, template, exitCode],
            expect.stringMatching(message),
          ])
          expect([template, (await state(id)).status]).toEqual([template, status])
        }
      }
      await answers('created')
      await ok('start', id)
      await answers('running')
      await ok('pause', id)
      await answers('paused')
      await ok('kill', id, 'KILL')
      await ok('resume', id).catch(() => {})
      await answers('stopped')
    })

    itInWords('answers features and spec', async () => {
      const features = JSON.parse(requireSuccess(await runCommand(runtime.program, ['features'])))
      expect(features).toMatchObject({
        ociVersionMin: expect.stringMatching(/^1\./),
        hooks: expect.arrayContaining(['prestart']),
      })
      const bundle = mkdtempSync(join(directory, 'spec-'))
      mkdirSync(join(bundle, 'rootfs'))
      await ok('spec', '--bundle', bundle)
      expect(JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8'))).toMatchObject({process: {args: ['sh']}})
      expect((await call(['spec', '--bundle', bundle])).exitCode).not.toBe(0)
    })
  })
}

/** Init of a pid namespace cannot be killed from inside. */
function withoutPidNamespace(spec: {linux?: {namespaces?: {type: string}[]}}): void {
  if (spec.linux?.namespaces) spec.linux.namespaces = spec.linux.namespaces.filter(({type}) => type !== 'pid')
}
