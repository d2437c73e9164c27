import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {Spec} from '../../src/oci/types/runtime-spec.ts'
import {runCommand} from '../helpers/command.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {noLeaks, skipReason, VmHarness} from './vm-harness.ts'

describe.skipIf(skipReason !== undefined)(`isolation${skipReason ? ` (${skipReason})` : ''}`, () => {
  let vm: VmHarness
  let neighbour: string
  beforeAll(async () => {
    vm = await VmHarness.open()
    neighbour = (await vm.create({args: ['sh', '-c', 'while :; do sleep 0.1; done']})).id
    await vm.ok('start', neighbour)
  })
  afterAll(async () => {
    await vm?.call(['delete', '--force', neighbour])
    const left = vm?.leaks()
    await vm?.[Symbol.asyncDispose]()
    expect(left).toEqual(noLeaks)
  })

  const hostProcesses = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length
  const hostMemoryMiB = () => Number(/MemAvailable: +(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1024
  const machinePid = (id: string): number =>
    JSON.parse(readFileSync(join(vm.root, 'sandboxes', id, 'state.json'), 'utf8')).machine.process.pid
  const residentMiB = (pid: number) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

  /** The neighbour answers, and the host starts a process, both within a time that a person waits. */
  async function othersAreWell(): Promise<void> {
    const begin = Date.now()
    expect(await vm.exec(neighbour, 'echo well')).toBe('well')
    expect((await runCommand('true', [])).exitCode).toBe(0)
    expect(Date.now() - begin).toBeLessThan(20_000)
    expect((await vm.state(neighbour)).status).toBe('running')
  }

  it('guest and host have kernels of their own', async () => {
    const host = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()
    const guest = await vm.exec(neighbour, 'uname -r')
    expect(guest).toMatch(/^\d+\.\d+/)
    expect(guest).not.toBe(host)
    const bootID = '/proc/sys/kernel/random/boot_id'
    expect(await vm.exec(neighbour, `cat ${bootID}`)).not.toBe(readFileSync(bootID, 'utf8').trim())
  })

  it('a fork bomb stays in its guest', async () => {
    const before = hostProcesses()
    const {id} = await vm.create({args: ['sh', '-c', 'bomb() { bomb | bomb & }; bomb; sleep 1000']})
    await vm.ok('start', id)
    await sleep(6000)
    await othersAreWell()
    // Hundreds of them are in the guest by now; the host has the machine, its relays and whatever else runs here.
    expect(hostProcesses() - before).toBeLessThan(100)
    await vm.ok('delete', '--force', id)
  })

  it('a memory hog has the memory of its guest and no more', async () => {
    const before = hostMemoryMiB()
    const {id, output} = await vm.create({
      args: ['sh', '-c', 'dd if=/dev/zero of=/dev/null bs=900M count=1; echo "dd: $?"'],
    })
    const pid = machinePid(id)
    await vm.ok('start', id)
    let most = 0
    await waitUntil(
      'the end of the hog',
      async () => {
        most = Math.max(most, residentMiB(pid) || 0)
        return output() !== '' || (await vm.state(id)).status === 'stopped'
      },
      {timeoutMs: 60_000},
    )
    // 512 MiB of guest, and QEMU with its translated code.
    expect(most).toBeLessThan(512 + 400)
    expect(before - hostMemoryMiB()).toBeLessThan(4000)
    await othersAreWell()
    await vm.ok('delete', '--force', id)
  })

  it('a panic is the end of one guest', async () => {
    const writableProc = (spec: Spec) => {
      if (spec.linux) spec.linux.readonlyPaths = []
    }
    const {id} = await vm.create({args: ['sh', '-c', 'echo c > /proc/sysrq-trigger; sleep 1000'], change: writableProc})
    await vm.ok('start', id)
    await vm.hasStatus(id, 'stopped')
    await othersAreWell()
    const exit = JSON.parse(readFileSync(join(vm.root, 'sandboxes', id, 'containers', id, 'exit.json'), 'utf8'))
    expect(exit).toMatchObject({exitCode: 137, reason: 'lost'})
    await vm.ok('delete', id)
  })
})
