import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync} from 'node:fs'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'

const missing =
  missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:python3') ??
  (existsSync('/usr/bin/systemd-notify') ? undefined : 'needs systemd-notify')

/** What a service manager would be told. */
class NotifySocket implements AsyncDisposable {
  readonly path: string
  readonly messages: string[] = []
  readonly #listener: ReturnType<typeof spawn>

  constructor(path: string) {
    this.path = path
    const script = join(import.meta.dirname, '../helpers/notify-socket.py')
    this.#listener = spawn('python3', [script, path], {stdio: ['ignore', 'pipe', 'inherit']})
    if (this.#listener.stdout)
      createInterface({input: this.#listener.stdout}).on('line', (line) => this.messages.push(JSON.parse(line)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise((resolve) => this.#listener.once('close', resolve))
    this.#listener.kill()
    await ended
  }
}

describe.skipIf(missing)('--sdnotify', () => {
  let berth: TestEngine
  beforeAll(async () => {
    berth = openBerth()
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterAll(() => berth[Symbol.asyncDispose]())

  /** Starts a container that reports itself ready and returns what the manager hears and the monitor's pid. */
  async function heard(mode: string, expected: number, ...options: readonly string[]) {
    await using socket = new NotifySocket(join(mkdtempSync(join(berth.directory, 'notify-')), 'socket'))
    await waitUntil('the socket listens', () => socket.messages.length > 0)
    const fromHost = ['/usr:/usr:ro', '/usr/lib:/lib:ro', '/usr/lib64:/lib64:ro'].flatMap((bind) => ['-v', bind])
    const script = 'touch /up; if [ -n "$NOTIFY_SOCKET" ]; then systemd-notify --ready; fi; sleep 1000'
    const args = [
      'run',
      '-d',
      '--network',
      'none',
      '--replace',
      '--name',
      mode,
      '--sdnotify',
      mode,
      ...fromHost,
      ...options,
    ]
    const started = await berth.run([...args, 'busybox', 'sh', '-c', script], {env: {NOTIFY_SOCKET: socket.path}})
    expect(started).toMatchObject({exitCode: 0, stderr: ''})
    const seen = () => socket.messages.slice(1)
    await waitUntil('all is said', () => seen().length >= expected, {timeoutMs: 30_000, describe: () => `${seen()}`})
    const monitor = await berth.output('inspect', '--format', '{{.State.ConmonPid}}', mode)
    return {seen: seen(), monitor, socket}
  }

  it('conmon: the monitor is the main process, and ready at once', async () => {
    const {seen, monitor} = await heard('conmon', 1)
    expect(seen).toEqual([`MAINPID=${monitor}\nREADY=1`])
  })

  it('container: readiness comes from inside', async () => {
    const {seen, monitor} = await heard('container', 2)
    expect(seen.toSorted()).toEqual([`MAINPID=${monitor}`, 'READY=1'])
  })

  it('healthy: ready once the health check passes', async () => {
    const {seen, monitor} = await heard('healthy', 2, '--health-cmd', 'test -e /up', '--health-interval', '1s')
    expect(seen.toSorted()).toEqual([`MAINPID=${monitor}`, 'READY=1'])
    const refused = await berth.run(['create', '--sdnotify', 'healthy', 'busybox', 'true'])
    expect(refused.stderr).toBe('Error: sdnotify policy "healthy" requires a healthcheck to be set: invalid argument\n')
  })

  it('ignore: nothing is said', async () => {
    const {seen} = await heard('ignore', 0)
    await berth.output('exec', 'ignore', 'sh', '-c', 'until [ -e /up ]; do sleep 0.1; done')
    expect(seen).toEqual([])
    expect(await berth.output('exec', 'ignore', 'sh', '-c', 'echo ${NOTIFY_SOCKET-none}')).toBe('none')
  })
})
