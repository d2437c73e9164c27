import {existsSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type CommandResult, runCommand} from '../helpers/command.ts'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {type HostNetwork, openHostNetwork} from '../helpers/host-network.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {temporaryDirectory} from '../helpers/temporary-directory.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:setpriv')

describe.skipIf(missing)(`wherever it is called from${missing ? ` (${missing})` : ''}`, () => {
  let host: HostNetwork
  let berth: TestEngine
  beforeAll(async () => {
    host = await openHostNetwork()
    berth = openBerth({runtime: 'runc', host})
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterAll(async () => {
    await berth[Symbol.asyncDispose]()
    await host[Symbol.asyncDispose]()
  })

  /** A shell with Berth's command line in `$@`. */
  const shell = (script: string, ...args: readonly string[]): Promise<CommandResult> =>
    runCommand('sh', ['-c', script, 'sh', ...berth.commandLine(args)])
  const busybox = ['--rm', '--network', 'none', 'localhost/busybox']

  test.each([
    ['no environment at all', 'exec env -i "$@"'],
    ["cron's search path, which has no sbin", 'exec env -i PATH=/usr/bin:/bin "$@"'],
    ['no standard input', 'exec "$@" <&-'],
    ['few open files allowed', 'ulimit -n 64; exec "$@"'],
  ])('%s', async (_, script) => {
    const {stdout, stderr, exitCode} = await shell(script, 'run', '--rm', 'localhost/busybox', 'echo', 'fine')
    expect({stdout, stderr, exitCode}).toEqual({stdout: 'fine\n', stderr: '', exitCode: 0})
  })

  test.each(['000', '077', '777'])(
    'with umask %s others in the container can read what the engine wrote',
    async (umask) => {
      const command = ['sh', '-c', 'cat /etc/hosts /etc/hostname >/dev/null && stat -c %a /etc/hosts']
      const {stdout, stderr} = await shell(`umask ${umask}; exec "$@"`, 'run', '-u', '1234', ...busybox, ...command)
      expect({stdout, stderr}).toEqual({stdout: expect.stringMatching(/^644$/m), stderr: ''})
    },
  )

  test('output that cannot be written is told of', async () => {
    const listed = await shell('exec "$@" >/dev/full', 'ps', '-a')
    expect(listed).toMatchObject({stderr: 'Error: write /dev/stdout: no space left on device\n', exitCode: 125})
    const ran = await shell('exec "$@" >/dev/full', 'run', ...busybox, 'echo', 'lost')
    expect(ran).toMatchObject({stderr: 'Error: write /dev/stdout: no space left on device\n', exitCode: 126})
    expect(await berth.output('ps', '-aq')).toBe('')
  })

  test('a current directory that is gone', async () => {
    await using directory = temporaryDirectory()
    const script = `mkdir ${directory.path}/gone && cd ${directory.path}/gone && rmdir ${directory.path}/gone; exec "$@"`
    expect(await shell(script, 'ps', '-q')).toMatchObject({stdout: '', exitCode: 0})
    const ran = await shell(script, 'run', ...busybox, 'true')
    expect(ran.stderr).toContain('Error: getwd: the current directory is no longer there\n')
    expect(ran.exitCode).toBe(125)
  })

  test('directories that cannot be made are named with the reason', async () => {
    await using directory = temporaryDirectory()
    await runCommand('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', directory.path])
    const {program} = berth.setup
    const {stderr, exitCode} = await runCommand(program, ['--root', join(directory.path, 'deep/root'), 'ps'])
    expect({stderr, exitCode}).toEqual({
      stderr: `Error: mkdir ${directory.path}/deep: read-only file system\n`,
      exitCode: 125,
    })
  })

  test('an image that does not fit on the disk leaves nothing', async () => {
    await using directory = temporaryDirectory()
    await runCommand('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', directory.path])
    const {program} = berth.setup
    const places = ['--root', join(directory.path, 'root'), '--runroot', join(directory.path, 'run')]
    const {stderr, exitCode} = await runCommand(program, [...places, 'load', '-q', '-i', await busyboxArchive()])
    expect(stderr).toMatch(
      /^Error: files of the layer are larger than the \d+ bytes that are free: no space left on device\n$/,
    )
    expect(exitCode).toBe(125)
    expect((await runCommand(program, [...places, 'images', '-aq'])).stdout).toBe('')
    expect((await runCommand(program, [...places, 'system', 'check'])).exitCode).toBe(0)
  })

  test('another user than root gets told so, and nothing is made', async () => {
    await using directory = temporaryDirectory()
    await runCommand('chmod', ['777', directory.path])
    const {program} = berth.setup
    const user = ['--reuid', '65534', '--regid', '65534', '--clear-groups']
    const {stderr, exitCode} = await runCommand('setpriv', [...user, program, 'ps'], {
      env: {HOME: directory.path, XDG_RUNTIME_DIR: undefined},
      cwd: '/',
    })
    expect(stderr).toBe('Error: this needs root, containers of other users are not there yet: permission denied\n')
    expect(exitCode).toBe(125)
    expect(existsSync(directory.path) && readdirSync(directory.path)).toEqual([])
  })
})
