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

it.each([
  ['auto', process.execPath, 'ok', /virtiofs/],
  ['auto', '/nonexistent', 'slow', /9p.*\/nonexistent is not installed/],
  ['virtiofs', '/nonexistent', 'missing', /\/nonexistent is not installed/],
  ['9p', '/nonexistent', 'ok', /9p/],
] as const)('says how files are shared: %s with %s', (share, virtiofsd, state, detail) => {
  const line = hostNeeds({...config, share, virtiofsd}).find(({subject}) => subject === 'shared files')
  expect(line).toEqual({subject: 'shared files', state, detail: expect.stringMatching(detail)})
})
