import {existsSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {runCommand} from '../helpers/command.ts'
import {openBerth} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'

const missing = missingPrerequisite('root', 'program:runc', 'program:conmon', 'program:unshare')

test.skipIf(missing)('a container goes although a copy of the whole tree still shows its mounts', async () => {
  await using berth = openBerth({runtime: 'runc'})
  await berth.output('load', '-q', '-i', await busyboxArchive())
  await berth.run(['secret', 'create', 'word', '-'], {input: 'hidden'})
  const line = (...words: readonly string[]) => berth.commandLine(words).join(' ')
  // As a rescue system, a chroot or a container with all of the host's files does it.
  const script = `
    mount -t tmpfs copy ${berth.directory}/copy
    ${line('run', '-d', '--name', 'box', '-v', 'data:/data', '--secret', 'word', '--tmpfs', '/t', 'busybox', 'sleep', '1000')}
    mount --rbind / ${berth.directory}/copy && mount --make-rprivate ${berth.directory}/copy
    ${line('rm', '-f', '-t', '0', 'box')} || exit
    ${line('ps', '-a', '--format', '{{.Names}}')} || exit
    ${line('run', '--rm', 'busybox', 'echo', 'again')} || exit
    ${line('volume', 'rm', 'data')}`
  const result = await runCommand('unshare', ['-m', 'sh', '-c', `mkdir ${berth.directory}/copy; ${script}`])
  expect(result).toMatchObject({exitCode: 0, stderr: ''})
  expect(result.stdout).toMatch(/^[0-9a-f]{64}\nbox\nagain\ndata\n$/)
  // The mount namespace went, and the copies with it: the empty places that the kernel kept can go now.
  await berth.output('system', 'check', '--repair')
  const [id = ''] = result.stdout.split('\n')
  expect(existsSync(join(berth.runRoot, 'storage/overlay/mounts', id))).toBe(false)
  expect(existsSync(join(berth.runRoot, 'libpod/run', id))).toBe(false)
  const pin = join('/run/netns', `berth-${id.slice(0, 32)}`)
  expect(readFileSync(pin, 'utf8')).toBe('')
  rmSync(pin)
})
