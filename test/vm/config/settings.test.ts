import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {joinParameters} from '../../../src/vm/config/kernel-parameters.ts'
import {loadVmConfig} from '../../../src/vm/config/load-vm-config.ts'
import {applyAnnotations} from '../../../src/vm/config/settings.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

describe('kernel parameters', () => {
  it.each([
    ['quiet panic=-1', 'panic=5', 'quiet panic=5'],
    ['a b', '', 'a b'],
    ['', 'x="1 2" y', 'x="1 2" y'],
    ['console=ttyS0', 'console=tty0 console=ttyS0', 'console=tty0 console=ttyS0'],
  ])('%j and %j are %j', (defaults, user, joined) => expect(joinParameters(defaults, user)).toBe(joined))
})

describe('configuration', () => {
  it('takes built-in values, the file, then annotations', async () => {
    await using directory = temporaryDirectory()
    const path = join(directory.path, 'berth-vm.toml')
    writeFileSync(path, '[vm]\nmemory_mib = 256\nkernel_params = "debug"\n')
    const guest = directory.path
    writeFileSync(join(guest, 'kernel-params'), 'quiet panic=-1\n')
    const config = await loadVmConfig(path, {BERTH_VM_GUEST: guest})
    expect(config).toMatchObject({
      memoryMiB: 256,
      kernel: join(guest, 'vmlinux'),
      kernelParameters: 'quiet panic=-1 debug',
    })
    const annotated = applyAnnotations(config, {
      'io.berth.vm.memory_mib': '300',
      'io.berth.vm.kernel_params': 'quiet=0',
    })
    expect(annotated).toMatchObject({memoryMiB: 300, kernelParameters: 'panic=-1 debug quiet=0'})
  })

  it('never lets a container choose programs', async () => {
    const config = await loadVmConfig(undefined, {BERTH_VM_GUEST: '/g'})
    expect(applyAnnotations(config, {'io.berth.vm.qemu': '/evil', 'io.berth.vm.kernel': '/evil'})).toEqual(config)
  })

  it.each([
    ['[vm]\nnope = 1\n', 'unknown key nope'],
    ['[machine]\nx = 1\n', 'unknown section machine'],
    ['[vm]\nmemory_mib = "much"\n', 'memory_mib'],
    ['[vm]\nvcpus = 0\n', 'vcpus'],
    ['[vm]\naccelerator = "xen"\n', 'accelerator'],
    ['[vm\n', 'berth-vm.toml'],
  ])('refuses %j', async (text, reason) => {
    await using directory = temporaryDirectory()
    const path = join(directory.path, 'berth-vm.toml')
    writeFileSync(path, text)
    await expect(loadVmConfig(path, {})).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringContaining(reason),
    })
  })
})
