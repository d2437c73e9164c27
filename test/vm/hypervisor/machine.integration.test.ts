import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {isAlive} from '../../../src/host/index.ts'
import {AgentClient} from '../../../src/vm/agent/agent-client.ts'
import type {Hypervisor, MachineConfig, SavedMachine, VirtualMachine} from '../../../src/vm/hypervisor/hypervisor.ts'
import {socketNames} from '../../../src/vm/hypervisor/qemu/command-line.ts'
import {Qemu} from '../../../src/vm/hypervisor/qemu/qemu.ts'
import {endProcess} from '../../../src/vm/sandbox/destroy-sandbox.ts'
import {startSandboxRelay} from '../../../src/vm/sandbox/relay.ts'
import {waitUntil} from '../../helpers/wait-until.ts'
import {guestDirectory} from '../runtime-under-test.ts'
import {skipReason} from '../vm-harness.ts'

describe.skipIf(skipReason !== undefined)(`a machine of QEMU${skipReason ? ` (${skipReason})` : ''}`, () => {
  const undo: (() => unknown)[] = []
  afterEach(async () => {
    for (const step of undo.splice(0).toReversed()) await step()
  })

  const at = (name: string) => join(guestDirectory(), name)
  const newDirectory = () => {
    const directory = mkdtempSync(join(tmpdir(), 'bt-qemu-'))
    mkdirSync(join(directory, 'share'))
    undo.push(() => rmSync(directory, {recursive: true, force: true}))
    return directory
  }
  const hypervisor = (directory: string, kernel = at('vmlinux')): Hypervisor =>
    new Qemu({
      ...{program: 'qemu-system-x86_64', accelerator: 'tcg', relay: at('berth-relay')},
      ...{kernel, verdictDirectory: directory},
    })
  const configuration = (directory: string, more: Partial<MachineConfig> = {}): MachineConfig => ({
    ...{directory, name: 'berth-test', kernel: at('vmlinux'), initramfs: at('initramfs.cpio')},
    kernelParameters: readFileSync(at('kernel-params'), 'utf8').trim(),
    ...{memoryMiB: 256, maximumMemoryMiB: 512, vcpus: 1, maximumVcpus: 2, hotplugPorts: 2},
    share: {kind: '9p', path: join(directory, 'share')},
    ...more,
  })

  /** A machine with the relay of its channel, brought to life by `begin`, and its agent. */
  async function live(
    directory: string,
    begin: (machine: VirtualMachine) => Promise<void>,
    more?: Partial<MachineConfig>,
  ) {
    const relay = await startSandboxRelay(at('berth-relay'), directory)
    undo.push(() => endProcess(relay))
    const machine = await hypervisor(directory).create(configuration(directory, more))
    undo.push(async () => {
      await machine.stop()
      machine[Symbol.dispose]()
    })
    await begin(machine)
    const agent = await AgentClient.connect(join(directory, socketNames.agent), 60_000)
    undo.push(() => agent[Symbol.dispose]())
    return {machine, agent}
  }
  const start = (machine: VirtualMachine) => machine.start()

  it('says what it can do, and which QEMU and accelerator it is', async () => {
    const {version, ...can} = await hypervisor(newDirectory()).capabilities()
    expect(version).toMatch(/^\d+\.\d+/)
    expect(can).toEqual({
      ...{accelerator: 'tcg', reason: 'configured'},
      ...{blockDevices: true, memoryHotplug: true, vcpuHotplug: true, saveRestore: true},
    })
  })

  it('stands still while it is paused, takes devices, memory and processors, and ends', async () => {
    const directory = newDirectory()
    const {machine, agent} = await live(directory, start)
    await agent.request('ping')

    await machine.pause()
    const answer = agent.request('ping')
    expect(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 1500, 'nothing'))])).toBe('nothing')
    await machine.resume()
    expect((await answer).ok).toBeDefined()

    const path = join(directory, 'disk')
    writeFileSync(path, '')
    truncateSync(path, 1 << 20)
    const disk = {kind: 'disk', id: 'disk-1', path, serial: 'disk-1', readOnly: false} as const
    await machine.addDevice(disk)
    const found = await agent.request('block-devices', {serials: ['disk-1']})
    expect(found.ok).toMatchObject({devices: [{serial: 'disk-1', name: expect.stringMatching(/^vd/)}]})
    expect(Object.keys(machine.record.ports)).toEqual(['disk-1'])
    await machine.removeDevice('disk-1')
    await machine.removeDevice('disk-1')
    await expect(agent.request('block-devices', {serials: ['disk-1']})).rejects.toThrow(/disk-1/)

    await machine.addMemory(128)
    await machine.addVcpus(2)
    await expect(machine.addMemory(128 * 8)).rejects.toMatchObject({code: 'ERR_QMP'})
    await waitUntil('memory and processors', async () => {
      const {ok} = await agent.request('online', {memory: true, cpus: 2})
      return ok.cpus === 2 && Number(ok.memoryBytes) > 300 * 2 ** 20
    })
    expect(machine.record).toMatchObject({memoryMiB: 384, vcpus: 2})

    // Another process knows the record only.
    machine[Symbol.dispose]()
    using loaded = hypervisor(directory).load(machine.record)
    expect(loaded.isAlive()).toBe(true)
    await loaded.addDevice(disk)
    await agent.request('block-devices', {serials: ['disk-1']})
    await loaded.stop()
    await loaded.stop()
    expect([loaded.isAlive(), isAlive(machine.record.process)]).toEqual([false, false])
  })

  it.each([
    ['memory of its own, which is copied', undefined],
    ['memory in a file, which stays there', 'memory'],
  ])('goes on from where it was saved, twice at once: %s', async (_, file) => {
    const directory = newDirectory()
    const saved: SavedMachine = {stateFile: join(directory, 'state'), memoryFile: join(directory, file ?? 'copy')}
    const {machine, agent} = await live(directory, start, file === undefined ? {} : {memoryFile: saved.memoryFile})
    const path = '/run/berth/share/said'
    await agent.request('write-file', {path}, {tail: 'before'})
    await machine.save(saved)
    await machine.stop()
    expect(statSync(saved.memoryFile).size).toBe(256 * 2 ** 20)
    const memory = () =>
      readFileSync(saved.memoryFile)
        .subarray(16 << 20, 48 << 20)
        .toString('latin1')
    const before = memory()

    const clones = []
    for (const name of ['one', 'two']) {
      const clone = await live(newDirectory(), (each) => each.restore(saved))
      await clone.machine.resume()
      // What a clone needs first: another time, other random numbers.
      await clone.agent.request('configure', {
        timeNs: `${Date.now()}000000`,
        seed: Buffer.alloc(32, name).toString('hex'),
      })
      expect((await clone.agent.request('read-file', {path})).tail.toString()).toBe('before')
      await clone.agent.request('write-file', {path}, {tail: name})
      clones.push(clone)
    }
    for (const [index, name] of ['one', 'two'].entries())
      expect((await clones[index]?.agent.request('read-file', {path}))?.tail.toString()).toBe(name)
    // Their memory is theirs: the saved one is for the next.
    expect(memory() === before).toBe(true)
  })

  it('says in the words of QEMU why a start failed, and of a machine that was not started that it is not there', async () => {
    const directory = newDirectory()
    using machine = await hypervisor(directory).create(configuration(directory))
    expect(() => machine.record).toThrow(expect.objectContaining({code: 'ERR_VM_GONE'}))
    // Nobody listens for its console.
    await expect(machine.start()).rejects.toMatchObject({
      code: 'ERR_VM_START',
      message: expect.stringMatching(/ended with exit code 1: .*console\.sock.*No such file/),
    })
    await machine.stop()
    expect(machine.isAlive()).toBe(false)
  })
})
