import {expect, it} from 'vitest'
import {loadVmConfig} from '../../../src/vm/config/load-vm-config.ts'
import {hostNeeds, requireHost} from '../../../src/vm/sandbox/host-needs.ts'

const config = await loadVmConfig(undefined, {BERTH_VM_GUEST: '/nonexistent'})

it('says all that is missing in one sentence, how to learn more and how to do without machines', () => {
  expect(() => requireHost({...config, qemu: '/nonexistent/qemu'})).toThrow(
    expect.objectContaining({
      code: 'ERR_VM_CONFIG',
      message: expect.stringMatching(
        /^guest image: \/nonexistent\/vmlinux, .* missing; .*, \/nonexistent\/qemu: program is not installed.*`berth-vm check`.*`--runtime runc`/,
      ),
    }),
  )
})

it('is content with files and programs that are there', () => {
  const there = {...config, qemu: process.execPath, kernel: process.execPath, initramfs: process.execPath}
  const lines = hostNeeds({...there, relay: process.execPath, memoryMiB: 1})
  expect(lines.filter(({subject}) => ['guest image', process.execPath, 'memory'].includes(subject))).toMatchObject([
    {state: 'ok'},
    {state: 'ok'},
    {state: 'ok'},
  ])
})
