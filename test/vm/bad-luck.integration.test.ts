import {execFileSync} from 'node:child_process'
import {cpSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {identifyProcess} from '../../src/host/index.ts'
import {runCommand} from '../helpers/command.ts'
import {waitUntil} from '../helpers/wait-until.ts'
import {noLeaks, skipReason, VmHarness} from './vm-harness.ts'

describe.skipIf(skipReason !== undefined)(`bad luck${skipReason ? ` (${skipReason})` : ''}`, () => {
  let vm: VmHarness
  beforeAll(async () => {
    vm = await VmHarness.open()
  })
  afterAll(async () => {
    await vm?.[Symbol.asyncDispose]()
  })

  const config = (...lines: readonly string[]) => {
    const path = join(vm.directory, 'berth-vm.toml')
    writeFileSync(path, ['[vm]', ...lines, ''].join('\n'))
    return ['--config', path]
  }
  const failedCreate = async (...lines: readonly string[]) => {
    const error = await vm.create({}, config(...lines)).then(
      () => undefined,
      (reason: Error) => reason.message,
    )
    expect(vm.leaks()).toEqual(noLeaks)
    return error
  }
  const emptyInitramfs = (script?: string) => {
    const directory = join(vm.directory, script ? 'initramfs' : 'initramfs-empty')
    mkdirSync(join(directory, 'bin'), {recursive: true})
    if (script) {
      cpSync('/bin/busybox', join(directory, 'bin/sh'))
      writeFileSync(join(directory, 'init'), script, {mode: 0o755})
    }
    execFileSync('sh', ['-c', `cd ${directory} && find . | busybox cpio -o -H newc > ../initramfs.cpio`], {
      stdio: 'ignore',
    })
    return `initramfs = "${join(vm.directory, 'initramfs.cpio')}"`
  }
  const machine = (id: string) =>
    JSON.parse(readFileSync(join(vm.root, 'sandboxes', id, 'state.json'), 'utf8')) as {
      machine: {process: {pid: number}}
      relay: {pid: number}
    }
  const sleeper = {args: ['sh', '-c', 'echo up; while :; do sleep 0.2; done']}

  it('a hypervisor that is not installed is named', async () => {
    expect(await failedCreate('qemu = "/nonexistent/qemu"')).toMatch(/\/nonexistent\/qemu: program is not installed/)
  })

  it('a guest image that is not there is named', async () => {
    expect(await failedCreate('kernel = "/nonexistent/vmlinux"')).toMatch(/\/nonexistent\/vmlinux missing/)
  })

  it("a kernel that is none is reported in the hypervisor's words", async () => {
    const path = join(vm.directory, 'garbage')
    writeFileSync(path, 'no kernel at all\n'.repeat(100))
    expect(await failedCreate(`kernel = "${path}"`, 'accelerator = "tcg"')).toMatch(/kernel.*did not start/s)
  })

  it('memory that the host does not have is reported', async () => {
    const failure = await failedCreate('memory_mib = 100000000', 'maximum_memory_mib = 100000000')
    expect(failure).toMatch(/memory: \d+ MiB, a machine has 100000000 MiB/)
  })

  it("a guest's panic is shown", async () => {
    expect(await failedCreate(emptyInitramfs())).toMatch(/Kernel panic.*did not start/s)
  })

  it('an agent that never answers is given up', async () => {
    const lines = [emptyInitramfs('#!/bin/sh\nwhile :; do :; done\n'), 'start_timeout_ms = 4000']
    expect(await failedCreate(...lines)).toMatch(/no word of the agent in 4000 ms/)
  })

  it('a create that is killed leaves what delete removes', async () => {
    const id = vm.newID()
    const bundle = vm.bundle(sleeper)
    const script = '"$@" </dev/null >/dev/null 2>&1 & pid=$!; sleep 1.5; kill -9 $pid'
    await runCommand('sh', ['-c', script, 'sh', vm.program, '--root', vm.root, 'create', '--bundle', bundle, id])
    expect((await vm.state(id)).status).toBe('creating')
    await vm.ok('delete', '--force', id)
    expect(vm.leaks()).toEqual(noLeaks)
  })

  it('of two creates with one id one succeeds, and a delete during a start wins', async () => {
    const id = vm.newID()
    const results = await Promise.all([1, 2].map(() => vm.createIn(vm.bundle(sleeper), id)))
    expect(results.map(({exitCode}) => exitCode).sort()).toEqual([0, 1])
    await Promise.all([vm.call(['start', id]), vm.ok('delete', '--force', id)])
    expect((await vm.call(['state', id])).stderr).toMatch(/does not exist/)
    expect(vm.leaks()).toEqual(noLeaks)
  })

  it('a hypervisor that dies stops its container', async () => {
    const {id} = await vm.create(sleeper)
    await vm.ok('start', id)
    const {pid} = await vm.state(id)
    process.kill(machine(id).machine.process.pid, 'SIGKILL')
    await waitUntil('the end of what stands for it', () => identifyProcess(pid) === undefined)
    expect((await vm.state(id)).status).toBe('stopped')
    const exit = JSON.parse(readFileSync(join(vm.root, 'sandboxes', id, 'containers', id, 'exit.json'), 'utf8'))
    expect(exit).toMatchObject({exitCode: 137, signal: 9, reason: 'lost'})
    expect((await vm.call(['kill', id])).stderr).toMatch(/container not running/)
    expect((await vm.call(['exec', id, 'true'])).exitCode).toBe(255)
    await vm.ok('delete', id)
    expect(vm.leaks()).toEqual(noLeaks)
  })

  it('whoever kills what stands for a container kills the container', async () => {
    const {id} = await vm.create({args: ['sh', '-c', 'while :; do echo beat; sleep 0.2; done > /mnt/beat']})
    await vm.ok('start', id)
    const {pid} = await vm.state(id)
    const beats = () => statSync(join(vm.directory, 'rootfs/mnt/beat'), {throwIfNoEntry: false})?.size ?? 0
    await waitUntil('a beat', () => beats() > 0)
    process.kill(pid, 'SIGKILL')
    await vm.hasStatus(id, 'stopped')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    const before = beats()
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(beats()).toBe(before)
    await vm.ok('delete', id)
    expect(vm.leaks()).toEqual(noLeaks)
  })

  it("a sandbox's relay that dies stops its container, and a container's panic stays in its guest", async () => {
    const {id} = await vm.create(sleeper)
    await vm.ok('start', id)
    process.kill(machine(id).relay.pid, 'SIGKILL')
    await vm.hasStatus(id, 'stopped')
    await vm.ok('delete', '--force', id)
    expect(vm.leaks()).toEqual(noLeaks)
    const panic = await vm.create({
      args: ['sh', '-c', 'echo c > /proc/sysrq-trigger'],
      change: (spec) => {
        if (spec.linux) spec.linux.readonlyPaths = []
      },
    })
    await vm.ok('start', panic.id)
    await vm.hasStatus(panic.id, 'stopped')
    await vm.ok('delete', panic.id)
    expect(vm.leaks()).toEqual(noLeaks)
  })
})
