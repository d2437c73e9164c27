import {cpus, totalmem} from 'node:os'
import {describe, expect, it} from 'vitest'
import type {VmConfig} from '../../../src/vm/config/vm-config.ts'
import {systemdPath} from '../../../src/vm/sandbox/cgroup.ts'
import {demandOf, sizeFor, sizeMachine} from '../../../src/vm/sandbox/sizing.ts'

const config = {memoryMiB: 512, memoryOverheadMiB: 128, maximumMemoryMiB: 0, vcpus: 1, maximumVcpus: 0} as VmConfig
const demand = (linux: object, annotations = {}) => demandOf({ociVersion: '1.0.2', linux, annotations})

describe('size of a machine', () => {
  it('comes from the configuration without limits', () => {
    expect(sizeMachine(config, demand({}))).toEqual({
      memoryMiB: 512,
      maximumMemoryMiB: Math.floor(totalmem() / 1024 / 1024),
      vcpus: 1,
      maximumVcpus: cpus().length,
    })
  })

  it("is a container's limit and what the guest takes besides", () => {
    const limited = demand({
      resources: {memory: {limit: 100 * 1024 * 1024 + 1}, cpu: {quota: 150_000, period: 100_000}},
    })
    expect(limited).toEqual({memoryMiB: 101, vcpus: 2})
    expect(sizeMachine({...config, maximumVcpus: 4}, limited)).toMatchObject({memoryMiB: 229, vcpus: 2})
  })

  it('never passes what the host has', () => {
    const all = demand({resources: {memory: {limit: 2 ** 50}, cpu: {quota: 10_000_000, period: 1000}}})
    const size = sizeMachine(config, all)
    expect(size.memoryMiB).toBe(Math.floor(totalmem() / 1024 / 1024))
    expect(size.vcpus).toBe(cpus().length)
  })

  it("takes a pod's size from the sandbox's annotations", () => {
    const annotations = {
      'io.kubernetes.cri.sandbox-memory': String(64 * 1024 * 1024),
      'io.kubernetes.cri.sandbox-cpu-quota': '300000',
      'io.kubernetes.cri.sandbox-cpu-period': '100000',
    }
    expect(demand({}, annotations)).toEqual({memoryMiB: 64, vcpus: 3})
  })

  it.each([{cpu: {quota: -1}}, {memory: {limit: -1}}, {memory: {limit: 0}}])('takes %j for no limit', (resources) => {
    expect(demand({resources})).toEqual({memoryMiB: 0, vcpus: 0})
  })
})

describe('size of a machine with several containers', () => {
  const none = {memoryMiB: 0, vcpus: 0}
  const base = {memoryMiB: 512, vcpus: 1, demand: none}

  it('is what it was made with and the limits of the others', () => {
    expect(sizeFor(base, none, [])).toEqual({memoryMiB: 512, vcpus: 1})
    expect(sizeFor(base, none, [none, {memoryMiB: 100, vcpus: 2}, {memoryMiB: 50, vcpus: 0}])).toEqual({
      ...{memoryMiB: 662, vcpus: 3},
    })
  })

  it('follows the own limits of its first container', () => {
    const limited = {memoryMiB: 228, vcpus: 2, demand: {memoryMiB: 100, vcpus: 2}}
    expect(sizeFor(limited, {memoryMiB: 300, vcpus: 3}, [])).toEqual({memoryMiB: 428, vcpus: 3})
    expect(sizeFor(limited, {memoryMiB: 50, vcpus: 1}, [])).toEqual({memoryMiB: 228, vcpus: 2})
    expect(sizeFor(base, {memoryMiB: 300, vcpus: 1}, [])).toEqual({memoryMiB: 512, vcpus: 1})
  })

  it("counts members once when the sandbox's limits are the pod's", () => {
    const pod = {memoryMiB: 328, vcpus: 2, demand: {memoryMiB: 200, vcpus: 2}}
    const members = [
      {memoryMiB: 100, vcpus: 1},
      {memoryMiB: 100, vcpus: 1},
    ]
    expect(sizeFor(pod, pod.demand, members)).toEqual({memoryMiB: 328, vcpus: 2})
    expect(sizeFor(pod, pod.demand, [...members, {memoryMiB: 10, vcpus: 1}])).toEqual({memoryMiB: 338, vcpus: 3})
  })
})

describe("systemd's cgroups", () => {
  it.each([
    ['machine.slice:libpod:abc', '/machine.slice/libpod-abc.scope'],
    ['user-1000.slice:libpod:abc', '/user.slice/user-1000.slice/libpod-abc.scope'],
    ['-.slice:p:n', '/p-n.scope'],
    ['a-b-c.slice:p:n', '/a.slice/a-b.slice/a-b-c.slice/p-n.scope'],
  ])('%s is %s', (given, path) => {
    expect(systemdPath(given)).toBe(path)
  })

  it('need three parts', () => {
    expect(() => systemdPath('/machine.slice/x')).toThrow(expect.objectContaining({code: 'ERR_INVALID_ARG'}))
  })
})
