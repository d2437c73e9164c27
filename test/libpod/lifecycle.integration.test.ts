import {existsSync, readFileSync, readlinkSync} from 'node:fs'
import {join} from 'node:path'
import {PassThrough} from 'node:stream'
import {text} from 'node:stream/consumers'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {identifyProcess, mountPointsBelow} from '../../src/host/index.ts'
import type {Container} from '../../src/libpod/container.ts'
import type {ExecConfig} from '../../src/libpod/define/exec-session.ts'
import {testRuntime, visibleOnHost} from '../helpers/runtime.ts'
import {EngineFixture} from './engine-fixture.ts'
import {exampleConfig} from './example-config.ts'

let engine: EngineFixture

beforeAll(async () => {
  engine = await EngineFixture.open()
})

afterAll(async () => {
  await engine[Symbol.asyncDispose]()
})

/** Runs it in the foreground to its end. */
async function run(container: Container, input?: string): Promise<{code: number; stdout: string; stderr: string}> {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const streams = {stdout, stderr, ...(input !== undefined && {stdin})}
  const [out, err] = [text(stdout), text(stderr)]
  const session = await container.start({attach: streams, foreground: true})
  if (input !== undefined) stdin.end(input)
  await session?.ended
  stdout.end()
  stderr.end()
  return {code: await container.finish(), stdout: await out, stderr: await err}
}

function execConfig(command: readonly string[], changes: Partial<ExecConfig> = {}): ExecConfig {
  const base: ExecConfig = {
    ...{
      command,
      terminal: false,
      attachStdin: false,
      attachStdout: true,
      attachStderr: true,
      env: [],
      privileged: false,
    },
  }
  return {...base, ...changes}
}

async function execIn(container: Container, config: ExecConfig): Promise<{code?: number; stdout: string}> {
  const stdout = new PassThrough()
  const out = text(stdout)
  const session = await container.exec(config, {stdout, stderr: stdout})
  await session.ended
  stdout.end()
  return {code: await session.exitCode, stdout: await out}
}

describe('run', () => {
  it('keeps stdout and stderr apart and tells the exit code', async () => {
    const container = await engine.create('echo out; echo err >&2; exit 3')
    expect(await run(container)).toEqual({code: 3, stdout: 'out\n', stderr: 'err\n'})
    expect(await container.state()).toMatchObject({status: 'exited', exitCode: 3})
    expect(mountPointsBelow(engine.directory)).toEqual([])
  })

  it('carries stdin to its end and binary output unchanged', async () => {
    const container = await engine.create('cat', {stdinOpen: true})
    const input = 'x'.repeat(1_000_000)
    const {code, stdout} = await run(container, input)
    expect(code).toBe(0)
    expect(stdout).toBe(input)
  })

  it('removes a container made to go, and leaves nothing of it', async () => {
    const container = await engine.create('exit 5', {autoRemove: true})
    expect((await run(container)).code).toBe(5)
    expect(engine.runtime.containers.exists(container.id)).toBe(false)
    expect(existsSync(join(engine.directory, 'run/libpod/run', container.id))).toBe(false)
    expect(await engine.runtime.check()).toEqual([])
  })

  it('tells a missing command from one that cannot be run, and leaves the container as it was', async () => {
    const missing = await engine.create('', {process: {...(await template()), args: ['/no/such']}})
    await expect(missing.start()).rejects.toMatchObject({code: 'ERR_OCI_COMMAND_NOT_FOUND'})
    expect(await missing.state()).toEqual({status: 'configured'})
    const denied = await engine.create('', {process: {...(await template()), args: ['/etc/passwd']}})
    await expect(denied.start()).rejects.toMatchObject({code: 'ERR_OCI_PERMISSION_DENIED'})
    await expect(denied.start()).rejects.toThrow(
      new RegExp(`^${testRuntime}: .*permission denied.*: OCI permission denied$`, 'i'),
    )
  })

  it('starts a second time as it did the first', async () => {
    const container = await engine.create('echo again')
    expect((await run(container)).stdout).toBe('again\n')
    expect((await run(container)).stdout).toBe('again\n')
  })

  it('kills after the timeout', async () => {
    const container = await engine.create('sleep 100', {timeoutSeconds: 1})
    await container.start()
    expect(await container.wait()).not.toBe(0)
  })
})

describe('a detached container', () => {
  it('outlives its starter, and the next command sees it', async () => {
    const container = await engine.create('trap "exit 9" TERM; echo listening; while :; do sleep 0.1; done')
    await container.start()
    for await (const {text: line} of container.logs({follow: true})) if (line.includes('listening')) break
    const {state} = await container.inspect().then(({State}) => ({state: State}))
    expect(state).toMatchObject({Status: 'running', Running: true})
    await engine.reopen()
    const again = engine.runtime.containers.get(container.id)
    expect(await again.state()).toMatchObject({status: 'running', pid: state.Pid})
    await again.stop()
    expect(await again.state()).toMatchObject({status: 'exited', exitCode: 9})
  })

  it('is killed when the stop signal is not enough, which is said once', async () => {
    const container = await engine.create('trap "" TERM; while :; do sleep 0.1; done')
    await container.start()
    const warnings: string[] = []
    await container.stop({timeoutSeconds: 1, onWarning: (message) => warnings.push(message)})
    expect(warnings).toEqual([
      `StopSignal SIGTERM failed to stop container ${container.name} in 1 seconds, resorting to SIGKILL`,
    ])
    expect(await container.state()).toMatchObject({status: 'exited', exitCode: 137})
  })

  it('is paused, refuses what a paused one cannot do, and goes on', async () => {
    const container = await engine.create('sleep 100')
    await container.start()
    await container.pause()
    expect(await container.state()).toMatchObject({status: 'paused'})
    await expect(container.pause()).rejects.toThrow('already paused: container state improper')
    await expect(container.exec(execConfig(['true']), {})).rejects.toMatchObject({code: 'ERR_CTR_STATE_INVALID'})
    await expect(container.remove()).rejects.toThrow(/as it is paused - running or paused containers cannot be removed/)
    await container.unpause()
    expect(await container.state()).toMatchObject({status: 'running'})
    await container.remove({force: true, timeoutSeconds: 0})
    expect(engine.runtime.containers.exists(container.id)).toBe(false)
  })

  it('restarts as a new process', async () => {
    const container = await engine.create('sleep 100')
    await container.start()
    const before = await container.inspect()
    await container.restart({timeoutSeconds: 0})
    const after = await container.inspect()
    expect(after.State.Running).toBe(true)
    expect(after.State.Pid).not.toBe(before.State.Pid)
    await container.stop({timeoutSeconds: 0})
  })

  it('is waited for by several, and those who come later', async () => {
    const container = await engine.create('sleep 0.3; exit 4')
    await container.start()
    expect(await Promise.all([container.wait(), container.wait()])).toEqual([4, 4])
    expect(await container.wait()).toBe(4)
  })

  it.runIf(visibleOnHost)('has a new limit at once and after the next start', async () => {
    const container = await engine.create('sleep 100')
    await container.start()
    await container.update({resources: {pids: {limit: 77}}})
    const {State} = await container.inspect()
    expect(readFileSync(`/sys/fs/cgroup/pids${State.CgroupPath}/pids.max`, 'latin1').trim()).toBe('77')
    await container.stop({timeoutSeconds: 0})
    expect((await engine.runtime.containers.get(container.id).inspect()).HostConfig.PidsLimit).toBe(77)
  })
})

describe('exec', () => {
  it('runs with its own environment, user and directory, and goes when it ends', async () => {
    const container = await engine.create('sleep 100')
    await container.start()
    const {code, stdout} = await execIn(
      container,
      execConfig(['/bin/sh', '-c', 'echo $A; id -u; id -G; pwd; exit 7'], {
        env: ['A=b'],
        user: 'daemon',
        workdir: '/tmp',
      }),
    )
    expect(code).toBe(7)
    expect(stdout).toBe('b\n1\n1 10\n/tmp\n')
    expect(await container.execSessions()).toEqual([])
    await container.stop({timeoutSeconds: 0})
  })

  it('has the groups of `--group-add` unless a user is named', async () => {
    const process = {...exampleConfig().process, args: ['sleep', '100'], groupAdd: ['77']}
    const container = await engine.create('sleep 100', {process})
    await container.start()
    const groupsOf = async (user?: string) =>
      (await execIn(container, execConfig(['id', '-G'], user === undefined ? {} : {user}))).stdout
    expect([await groupsOf(), await groupsOf('root'), await groupsOf('daemon'), await groupsOf('5:9')]).toEqual([
      '0 77\n',
      '0\n',
      '1 10\n',
      '9\n',
    ])
    await container.remove({force: true, timeoutSeconds: 0})
  })

  it('tells a missing command', async () => {
    const container = await engine.create('sleep 100')
    await container.start()
    await expect(container.exec(execConfig(['nosuch']), {})).rejects.toMatchObject({code: 'ERR_OCI_COMMAND_NOT_FOUND'})
    expect(await container.execSessions()).toEqual([])
    await container.stop({timeoutSeconds: 0})
  })

  it('keeps the record of a session that was created first', async () => {
    const container = await engine.create('sleep 100')
    await container.start()
    const id = await container.createExec(execConfig(['/bin/sh', '-c', 'exit 6']))
    expect((await container.execSession(id)).state).toEqual({status: 'created'})
    const session = await container.startExec(id, {})
    await session.ended
    expect(await session.exitCode).toBe(6)
    expect((await container.execSession(id)).state).toEqual({status: 'stopped', exitCode: 6})
    expect((await engine.runtime.lookupExec(id.slice(0, 10))).container.id).toBe(container.id)
    await container.removeExec(id)
    await expect(container.execSession(id)).rejects.toMatchObject({code: 'ERR_NO_SUCH_EXEC'})
    await container.stop({timeoutSeconds: 0})
  })

  it('is refused where nothing runs', async () => {
    const container = await engine.create('true')
    await expect(container.createExec(execConfig(['true']))).rejects.toThrow(
      'can only create exec sessions on running containers: container state improper',
    )
  })
})

describe('logs', () => {
  it('hold both streams in order, with whole lines from the end and following to the end', async () => {
    const container = await engine.create('echo one; echo two >&2; sleep 0.3; printf three')
    await container.start()
    const followed: string[] = []
    for await (const {stream, text: line} of container.logs({follow: true})) followed.push(`${stream}:${line}`)
    expect(followed).toEqual(['stdout:one\n', 'stderr:two\n', 'stdout:three'])
    const tail: string[] = []
    for await (const {text: line} of container.logs({tail: 2})) tail.push(String(line))
    expect(tail).toEqual(['two\n', 'three'])
  })

  it('are refused where none are kept', async () => {
    const container = await engine.create('true', {log: {driver: 'none', path: '', maxSize: -1, tag: ''}})
    await expect(container.logs()[Symbol.asyncIterator]().next()).rejects.toMatchObject({code: 'ERR_NO_LOGS'})
  })
})

describe('dependencies', () => {
  it.runIf(visibleOnHost)('are started first, share their namespaces, and hold back their removal', async () => {
    const base = await engine.create('sleep 100')
    const {namespaces} = base.config
    const user = await engine.create('sleep 100', {
      dependencies: [base.id],
      namespaces: {...namespaces, network: {mode: 'container', container: base.id}},
    })
    await user.start()
    const [first, second] = [await base.inspect(), await user.inspect()]
    expect(first.State.Running).toBe(true)
    const inode = (pid: number): string => readlinkSync(`/proc/${pid}/ns/net`)
    expect(inode(second.State.Pid)).toBe(inode(first.State.Pid))
    await expect(base.remove({force: true})).rejects.toMatchObject({code: 'ERR_CTR_HAS_DEPENDENTS'})
    const removed: string[] = []
    await base.remove({force: true, depend: true, timeoutSeconds: 0, onRemoved: (id) => removed.push(id)})
    expect(removed).toEqual([user.id])
  })
})

describe('events', () => {
  it('tell the story of a container', async () => {
    const container = await engine.create('exit 2', {labels: {role: 'test'}})
    await run(container)
    await container.remove()
    const seen: string[] = []
    for await (const event of engine.runtime.events.read({filters: [`container=${container.id}`]})) {
      expect(event).toMatchObject({Name: container.name, Type: 'container', Attributes: {role: 'test'}})
      seen.push(event.Status)
    }
    expect(seen).toEqual(['create', 'init', 'start', 'attach', 'died', 'cleanup', 'remove'])
  })
})

describe('when something was killed', () => {
  it('a container whose shim and process are gone is shown as ended', async () => {
    const container = await engine.create('sleep 100')
    await container.start()
    const {State} = await container.inspect()
    process.kill(State.ConmonPid ?? 0, 'SIGKILL')
    process.kill(State.Pid, 'SIGKILL')
    await waitFor(() => [State.Pid, State.ConmonPid ?? 0].every((pid) => identifyProcess(pid) === undefined))
    expect(await container.state()).toMatchObject({status: 'stopped', exitCode: -1})
    await container.cleanup()
    expect(await container.state()).toMatchObject({status: 'exited', exitCode: -1})
    await container.remove()
  })

  it('a container whose shim is gone can still be stopped', async () => {
    const container = await engine.create('sleep 100')
    await container.start()
    const {State} = await container.inspect()
    process.kill(State.ConmonPid ?? 0, 'SIGKILL')
    expect(await container.state()).toMatchObject({status: 'running'})
    await container.stop({timeoutSeconds: 0})
    expect(await container.state()).toMatchObject({status: 'exited'})
  })
})

describe('after a reboot', () => {
  it('what ran has ended and starts again', async () => {
    await using other = await EngineFixture.open()
    const container = await other.create('echo up; sleep 100')
    await container.start()
    await other.powerOff()
    await other.reopen({bootID: 'another'})
    const again = other.runtime.containers.get(container.id)
    expect(await again.state()).toMatchObject({status: 'exited'})
    await again.start()
    expect(await again.state()).toMatchObject({status: 'running'})
    await again.stop({timeoutSeconds: 0})
  })
})

async function template(): Promise<Container['config']['process']> {
  return exampleConfig().process
}

async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('the condition was not met within 5 s')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
