import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {outputOf} from './command.ts'
import {busyboxArchive, busyboxLayout} from './images.ts'
import {findLeaks, isClean} from './leaks.ts'
import {openPodman} from './podman.ts'
import {openRegistry} from './registry.ts'
import {temporaryDirectory} from './temporary-directory.ts'
import {openTerminal} from './terminal.ts'

describe('temporary directory', () => {
  test('goes with what is mounted in it', async () => {
    let path: string
    {
      await using directory = temporaryDirectory()
      path = directory.path
      await outputOf('mount', ['-t', 'tmpfs', 'test', path])
      await outputOf('sh', ['-c', `mkdir ${path}/a && mount -t tmpfs test ${path}/a && touch ${path}/a/b`])
      expect(findLeaks(path).mounts).toEqual([`${path}/a`, path])
    }
    expect(existsSync(path)).toBe(false)
  })
})

describe('leaks', () => {
  test('a process that lives on the directory is found, by its command line or its mounts', async () => {
    await using directory = temporaryDirectory()
    expect(isClean(findLeaks(directory.path))).toBe(true)
    const named = spawn('sleep', ['60'], {argv0: `sleep-in-${directory.path}`})
    const mounted = spawn('unshare', ['-m', 'sh', '-c', `mount -t tmpfs x ${directory.path}; exec 0<&-; sleep 60`])
    try {
      await expect.poll(() => findLeaks(directory.path).processes.length).toBeGreaterThanOrEqual(2)
    } finally {
      named.kill('SIGKILL')
      mounted.kill('SIGKILL')
      await outputOf('sh', ['-c', `pkill -9 -P ${mounted.pid} || true`])
    }
  })
})

describe('terminal', () => {
  test('is a terminal with a size that changes', async () => {
    await using terminal = openTerminal('sh', [
      '-c',
      'tty; stty size; trap "stty size; exit 7" WINCH; while :; do sleep 0.1; done',
    ])
    await terminal.waitFor(/\/dev\/pts\/\d+\r\n24 80\r\n/)
    terminal.resize(100, 30)
    await terminal.waitFor(/30 100\r\n/)
    expect(await terminal.exitCode).toBe(7)
  })

  test('control characters are signals', async () => {
    await using terminal = openTerminal('cat', [])
    terminal.type('hello\n')
    await terminal.waitFor(/hello\r\nhello\r\n/)
    terminal.type('\x03')
    expect(await terminal.exitCode).toBe(130)
  })
})

describe('the oracle', () => {
  test('podman runs a container from the busybox image', async () => {
    await using podman = openPodman()
    await podman.output('load', '-i', await busyboxArchive())
    expect(await podman.output('run', '--rm', '--network', 'none', 'localhost/busybox', 'echo', 'hi')).toBe('hi')
    const failed = await podman.run([
      'run',
      '--rm',
      '--network',
      'none',
      'localhost/busybox',
      'sh',
      '-c',
      'echo e >&2; exit 3',
    ])
    expect(failed).toMatchObject({exitCode: 3, stdout: '', stderr: 'e\n'})
  })
})

describe('registry', () => {
  test('skopeo pushes to it and finds the image again', async () => {
    await using registry = await openRegistry()
    const target = `docker://${registry.host}/busybox:1`
    await outputOf('skopeo', [
      'copy',
      '--quiet',
      '--dest-tls-verify=false',
      `oci:${await busyboxLayout()}:latest`,
      target,
    ])
    const manifest = JSON.parse(await outputOf('skopeo', ['inspect', '--raw', '--tls-verify=false', target]))
    expect(manifest.layers).toHaveLength(1)
  })
})
