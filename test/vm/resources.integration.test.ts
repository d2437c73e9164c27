import {readFileSync} from 'node:fs'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {cgroupHierarchies} from '../../src/host/index.ts'
import type {Resources, Spec} from '../../src/oci/types/runtime-spec.ts'
import {noLeaks, skipReason, VmHarness} from './vm-harness.ts'

const MIB = 1 << 20

describe.skipIf(skipReason !== undefined)(`resources${skipReason ? ` (${skipReason})` : ''}`, () => {
  const cgroup = `/bt-vm-${process.pid}`
  let vm: VmHarness
  let id = ''

  const limited = (name: string, resources: Resources, change: (spec: Spec) => void = () => {}) => ({
    args: ['sh', '-c', 'while :; do sleep 0.5; done'],
    change: (spec: Spec) => {
      spec.annotations = {'io.kubernetes.cri.container-type': 'sandbox'}
      spec.mounts?.push({destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro']})
      if (spec.linux) spec.linux = {...spec.linux, cgroupsPath: `${cgroup}/${name}`, resources}
      change(spec)
    },
  })

  beforeAll(async () => {
    vm = await VmHarness.open()
    const resources = {memory: {limit: 100 * MIB}, cpu: {quota: 100_000, period: 100_000}, pids: {limit: 60}}
    id = (await vm.create(limited('sandbox', resources))).id
    await vm.ok('start', id)
  })
  afterAll(async () => {
    await vm?.[Symbol.asyncDispose]()
  })

  /** A file of the machine's cgroup on the host, in either version. */
  const host = (controller: string, v1: string, v2: string) => {
    const hierarchy = cgroupHierarchies().find((each) => each.version === 2 || each.controllers.includes(controller))
    const file = hierarchy?.version === 2 ? v2 : v1
    return readFileSync(`${hierarchy?.mountPoint}${cgroup}/sandbox/${file}`, 'utf8').trim()
  }
  const memoryLimit = () => Number(host('memory', 'memory.limit_in_bytes', 'memory.max'))
  const cpuQuota = () => host('cpu', 'cpu.cfs_quota_us', 'cpu.max').split(' ')[0]
  const machine = () =>
    JSON.parse(readFileSync(`${vm.root}/sandboxes/${id}/state.json`, 'utf8')) as {
      machine: {process: {pid: number}; memoryMiB: number; vcpus: number}
      relay: {pid: number}
      shareServers: {pid: number}[]
    }
  const inGuest = (container: string, file: string) =>
    vm.exec(container, `read -r own < /proc/self/cgroup; cat /sys/fs/cgroup\${own#0::}/${file}`)
  const vcpus = async () => (await vm.exec(id, 'cat /sys/devices/system/cpu/online')).replace('-', ' to ')

  it("the machine's processes and memory are in the cgroup that config.json names, bounded by its size", () => {
    const {machine: vmProcess, relay, shareServers} = machine()
    const members = host('memory', 'cgroup.procs', 'cgroup.procs').split('\n').map(Number)
    expect(members).toEqual(expect.arrayContaining([vmProcess.process.pid, relay.pid]))
    expect(members).toEqual(expect.arrayContaining(shareServers.map(({pid}) => pid)))
    // 128 MiB for the guest itself, 256 for the hypervisor.
    expect(memoryLimit()).toBe((100 + 128 + 256) * MIB)
    expect(cpuQuota()).toBe('100000')
    expect(Number(host('memory', 'memory.usage_in_bytes', 'memory.current'))).toBeGreaterThan(60 * MIB)
  })

  it('the guest applies the limits of the container', async () => {
    expect(await inGuest(id, 'memory.max')).toBe(String(100 * MIB))
    expect(await inGuest(id, 'pids.max')).toBe('60')
    expect(await inGuest(id, 'cpu.max')).toBe('100000 100000')
  })

  it('update changes both sides, and adds memory and a vCPU', async () => {
    expect(await vcpus()).toBe('0')
    await vm.ok('update', '--memory', String(300 * MIB), '--cpu-quota', '200000', '--pids-limit', '50', id)
    expect(await inGuest(id, 'memory.max')).toBe(String(300 * MIB))
    expect(await inGuest(id, 'pids.max')).toBe('50')
    expect(machine().machine).toMatchObject({memoryMiB: 228 + 256, vcpus: 2})
    expect(memoryLimit()).toBe((228 + 256 + 256) * MIB)
    expect(cpuQuota()).toBe('200000')
    expect(await vcpus()).toBe('0 to 1')
    expect(Number(/MemTotal: +(\d+)/.exec(await vm.exec(id, 'cat /proc/meminfo'))?.[1])).toBeGreaterThan(400 * 1024)
  })

  it('a machine grows for a member, and not again for the next that takes its place', async () => {
    const membership = (spec: Spec) => {
      spec.annotations = {'io.kubernetes.cri.container-type': 'container', 'io.kubernetes.cri.sandbox-id': id}
    }
    const member = () => vm.create(limited('member', {memory: {limit: 200 * MIB}}, membership))
    const sizes = [machine().machine.memoryMiB]
    for (let round = 0; round < 2; round++) {
      const one = await member()
      await vm.ok('start', one.id)
      expect(await inGuest(one.id, 'memory.max')).toBe(String(200 * MIB))
      sizes.push(machine().machine.memoryMiB)
      await vm.ok('delete', '--force', one.id)
    }
    expect(sizes).toEqual([484, 612, 612])
    expect(memoryLimit()).toBe((612 + 256) * MIB)
  })

  it('another machine cannot have its network', async () => {
    const {pid} = await vm.state(id)
    const other = limited('other', {}, (spec) => {
      for (const namespace of spec.linux?.namespaces ?? [])
        if (namespace.type === 'network') namespace.path = `/proc/${pid}/ns/net`
    })
    await expect(vm.create(other)).rejects.toThrow(/another virtual machine's network \(a pod puts/)
  })

  it('nothing of it is left', async () => {
    await vm.ok('delete', '--force', id)
    expect(vm.leaks()).toEqual(noLeaks)
  })
})
