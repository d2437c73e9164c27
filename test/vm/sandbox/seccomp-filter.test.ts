import {existsSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {guestSeccomp} from '../../../src/vm/sandbox/seccomp-filter.ts'
import {temporaryDirectory} from '../../helpers/temporary-directory.ts'

const library = existsSync('/usr/lib/x86_64-linux-gnu/libseccomp.so.2')
const profile = {
  ...{defaultAction: 'SCMP_ACT_ALLOW', architectures: ['SCMP_ARCH_X86_64'], flags: ['SECCOMP_FILTER_FLAG_LOG']},
  syscalls: [{names: ['reboot'], action: 'SCMP_ACT_ERRNO', errnoRet: 1}],
}
const KEY = 'run.oci.seccomp_bpf_data'

describe.skipIf(!library)(`the seccomp profile for the guest${library ? '' : ' (needs libseccomp2)'}`, () => {
  it('is a compiled filter, of which only the default action and the flags are said besides', async () => {
    await using root = temporaryDirectory()
    const {seccomp, annotations} = guestSeccomp(profile, root.path)
    expect(seccomp).toEqual({defaultAction: profile.defaultAction, flags: profile.flags})
    const filter = Buffer.from(annotations?.[KEY] ?? '', 'base64')
    expect([filter.length > 0, filter.length % 8]).toEqual([true, 0])
  })

  it('is compiled once for each profile', async () => {
    await using root = temporaryDirectory()
    const directory = join(root.path, 'seccomp')
    guestSeccomp(profile, root.path)
    guestSeccomp({...profile, defaultAction: 'SCMP_ACT_LOG'}, root.path)
    const names = readdirSync(directory)
    expect(names).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.bpf$/), expect.stringMatching(/\.bpf$/)])
    for (const name of names) writeFileSync(join(directory, name), 'kept one')
    expect(guestSeccomp(profile, root.path).annotations?.[KEY]).toBe(Buffer.from('kept one').toString('base64'))
    expect(readdirSync(directory)).toHaveLength(2)
  })

  it('is left to the guest where it cannot be compiled, which says why', async () => {
    await using root = temporaryDirectory()
    const wrong = {...profile, defaultAction: 'SCMP_ACT_NONSENSE'}
    expect(guestSeccomp(wrong, root.path)).toEqual({seccomp: wrong})
  })
})
