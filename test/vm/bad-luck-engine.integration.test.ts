import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openBerth, type TestEngine} from '../helpers/engine.ts'
import {busyboxArchive} from '../helpers/images.ts'
import {processesUsing} from '../helpers/leaks.ts'
import {missingPrerequisite} from '../helpers/prerequisites.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {buildRuntime} from './runtime-under-test.ts'
import {skipReason} from './vm-harness.ts'

const skip = skipReason ?? missingPrerequisite('program:conmon')

/** Berth's own end of the test says what is left of mounts, processes, cgroups and files. */
describe.skipIf(skip !== undefined)(`bad luck of an engine over berth-vm${skip ? ` (${skip})` : ''}`, () => {
  let directory: string
  let berth: TestEngine
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'bt-unlucky-'))
    berth = openBerth({runtime: await buildRuntime(directory)})
    await berth.output('load', '-q', '-i', await busyboxArchive())
  })
  afterAll(async () => {
    await berth?.[Symbol.asyncDispose]()
    rmSync(directory, {recursive: true, force: true})
  })

  it('a conmon that is killed costs its container nothing that rm --force does not put right', async () => {
    const id = await berth.output(
      'run',
      '-d',
      '--network',
      'none',
      'localhost/busybox',
      'sh',
      '-c',
      'while :; do sleep 0.2; done',
    )
    const conmon = processesUsing(berth.directory).find(({command}) => /conmon/.test(command) && command.includes(id))
    if (!conmon) throw new Error('no conmon found')
    const machine = await berth.output('inspect', '--format', '{{.State.Pid}}', id)
    process.kill(conmon.pid, 'SIGKILL')
    await waitUntil('the end of conmon', () => hasEnded(conmon.pid))
    // Nobody is left to write the exit down; the container itself goes on, as with any OCI runtime.
    expect((await berth.run(['ps', '-a'])).exitCode).toBe(0)
    expect(await berth.run(['rm', '--force', '--time', '0', id])).toMatchObject({exitCode: 0})
    expect(await berth.output('ps', '-aq')).toBe('')
    await waitUntil('the end of what stands for it', () => !existsSync(`/proc/${machine}`))
    expect(existsSync(`/run/berth-vm/ids/${id}`)).toBe(false)
  })

  it('a hypervisor that is killed is an exit of 137 for wait, ps and inspect', async () => {
    const id = await berth.output('run', '-d', '--network', 'none', 'localhost/busybox', 'sleep', '1000')
    const {machine} = JSON.parse(readFileSync(`/run/berth-vm/sandboxes/${id}/state.json`, 'utf8'))
    const waiting = berth.output('wait', id)
    process.kill(machine.process.pid, 'SIGKILL')
    expect(await waiting).toBe('137')
    expect(await berth.output('inspect', '--format', '{{.State.Status}} {{.State.ExitCode}}', id)).toBe('exited 137')
    await berth.output('rm', id)
    expect(existsSync(`/run/berth-vm/sandboxes/${id}`)).toBe(false)
  })
})

/** Gone, or dead and not yet waited for. */
function hasEnded(pid: number): boolean {
  try {
    return /^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}
