import {describe, expect, it} from 'vitest'
import type {MachineConfig} from '../../../src/vm/hypervisor/hypervisor.ts'
import {qemuArguments} from '../../../src/vm/hypervisor/qemu/command-line.ts'

const config: MachineConfig = {
  directory: '/run/berth-vm/sandboxes/a',
  name: 'berth-a',
  kernel: '/k',
  initramfs: '/i',
  kernelParameters: 'quiet',
  memoryMiB: 512,
  maximumMemoryMiB: 1024,
  vcpus: 1,
  maximumVcpus: 2,
  share: {kind: '9p', path: '/run/berth-vm/sandboxes/a/share'},
  hotplugPorts: 9,
}
const settings = {program: 'qemu', accelerator: 'tcg'} as const
const boot = {kind: 'boot'} as const

describe("QEMU's command line", () => {
  it('differs between two sandboxes only where the host is concerned', () => {
    const other = {...config, name: 'berth-b', share: {kind: '9p', path: '/elsewhere'} as const}
    const [one, two] = [qemuArguments(config, settings, boot), qemuArguments(other, settings, boot)]
    const different = one.filter((word, index) => word !== two[index])
    expect(different).toEqual(['berth-a', expect.stringMatching(/^local,id=share,path=/)])
  })

  it('has the same devices for a boot and for a saved machine', () => {
    const devices = (words: string[]) => words.filter((_, index) => words[index - 1] === '-device')
    const saved = {kind: 'saved', memoryFile: '/m'} as const
    expect(devices(qemuArguments(config, settings, saved))).toEqual(devices(qemuArguments(config, settings, boot)))
    expect(qemuArguments(config, settings, saved)).not.toContain('-kernel')
  })

  it('says nothing of the sandbox to the guest', () => {
    const words = qemuArguments(config, settings, boot)
    expect(words[words.indexOf('-append') + 1]).toBe('mitigations=off quiet')
    const rated = qemuArguments(config, {...settings, tscKhz: 2_000_000}, boot)
    expect(rated[rated.indexOf('-append') + 1]).toBe('mitigations=off tsc_early_khz=2000000 quiet')
  })

  it('doubles commas in paths, which would begin another option', () => {
    const share = {kind: '9p', path: '/a,security_model=none'} as const
    const words = qemuArguments({...config, share}, settings, boot)
    expect(words).toContainEqual(expect.stringContaining('path=/a,,security_model=none,security_model=passthrough'))
  })

  it('offers an emulated guest no string instructions to copy by', () => {
    const cpu = (accelerator: 'kvm' | 'tcg') => {
      const words = qemuArguments(config, {...settings, accelerator}, boot)
      return words[words.indexOf('-cpu') + 1]?.split(',')
    }
    expect(cpu('tcg')).toEqual(expect.arrayContaining(['erms=off', 'fsrm=off']))
    expect(cpu('kvm')).toEqual(['host'])
  })

  it('opens every root port in a function of its own', () => {
    const ports = qemuArguments(config, settings, boot).filter((word) => word.startsWith('pcie-root-port'))
    const addresses = ports.map((port) => /addr=([\d.]+)/.exec(port)?.[1])
    expect(addresses).toEqual(['6.0', '6.1', '6.2', '6.3', '6.4', '6.5', '6.6', '6.7', '7.0'])
  })
})
