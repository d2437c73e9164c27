import {describe, expect, it} from 'vitest'
import {resolveProfile} from '../../../src/oci/spec/seccomp/build-seccomp.ts'
import {parseProfile} from '../../../src/oci/spec/seccomp/profile.ts'

const target = {capabilities: ['CAP_CHOWN'], architecture: 'x64', kernel: '6.1.0-13-amd64', x32: true}

function names(rules: readonly object[], more: Partial<typeof target> = {}): string[] {
  const profile = parseProfile('test', JSON.stringify({defaultAction: 'SCMP_ACT_ERRNO', syscalls: rules}))
  return (resolveProfile(profile, {...target, ...more}).syscalls ?? []).flatMap((rule) => rule.names)
}

const allow = {action: 'SCMP_ACT_ALLOW'}

describe('a profile', () => {
  it('filters by capability', () => {
    const rules = [
      {...allow, names: ['mount'], includes: {caps: ['CAP_SYS_ADMIN']}},
      {...allow, names: ['umount'], excludes: {caps: ['CAP_SYS_ADMIN', 'CAP_BPF']}},
      {...allow, names: ['both'], includes: {caps: ['CAP_CHOWN', 'CAP_SYS_ADMIN']}},
    ]
    expect(names(rules)).toEqual(['umount'])
    expect(names(rules, {capabilities: ['CAP_SYS_ADMIN', 'CAP_CHOWN']})).toEqual(['mount', 'both'])
  })

  it('filters by architecture', () => {
    const rules = [
      {...allow, names: ['arch_prctl'], includes: {arches: ['amd64', 'x32']}},
      {...allow, names: ['cacheflush'], includes: {arches: ['arm', 'arm64']}},
      {...allow, names: ['x'], excludes: {arches: ['arm64']}},
    ]
    expect(names(rules)).toEqual(['arch_prctl', 'x'])
    expect(names(rules, {architecture: 'arm64'})).toEqual(['cacheflush'])
  })

  it.each([
    ['4.8', true],
    ['6.1', true],
    ['6.2', false],
    ['7.0', false],
  ])('filters by kernel %s', (minKernel, applies) => {
    expect(names([{...allow, names: ['x'], includes: {minKernel}}])).toEqual(applies ? ['x'] : [])
    expect(names([{...allow, names: ['x'], excludes: {minKernel}}])).toEqual(applies ? [] : ['x'])
  })

  it('names the architectures that share the native one', () => {
    const archMap = [{architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32']}]
    const profile = parseProfile('t', JSON.stringify({defaultAction: 'SCMP_ACT_ALLOW', archMap}))
    expect(resolveProfile(profile, target).architectures).toEqual([
      'SCMP_ARCH_X86_64',
      'SCMP_ARCH_X86',
      'SCMP_ARCH_X32',
    ])
    expect(resolveProfile(profile, {...target, nativeOnly: true}).architectures).toEqual(['SCMP_ARCH_X86_64'])
    expect(resolveProfile(profile, {...target, x32: false}).architectures).toEqual([
      'SCMP_ARCH_X86_64',
      'SCMP_ARCH_X86',
    ])
  })

  it('keeps the architectures that a profile names itself', () => {
    const named = ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X32']
    const profile = parseProfile('t', JSON.stringify({defaultAction: 'SCMP_ACT_ALLOW', architectures: named}))
    expect(resolveProfile(profile, {...target, x32: false}).architectures).toEqual(named)
  })

  it('keeps arguments, error numbers and the older single name', () => {
    const args = [{index: 0, value: 8, valueTwo: 0, op: 'SCMP_CMP_EQ'}]
    const rules = [{name: 'personality', action: 'SCMP_ACT_ERRNO', errnoRet: 1, args}]
    const profile = parseProfile('t', JSON.stringify({defaultAction: 'SCMP_ACT_ALLOW', syscalls: rules}))
    expect(resolveProfile(profile, target).syscalls).toEqual([
      {names: ['personality'], action: 'SCMP_ACT_ERRNO', errnoRet: 1, args: [{index: 0, value: 8, op: 'SCMP_CMP_EQ'}]},
    ])
  })

  it.each([
    ['{', 'loading seccomp profile (x.json): '],
    ['{}', 'defaultAction must be a string'],
    ['{"defaultAction":"A","syscalls":{}}', 'syscalls must be a list'],
    ['{"defaultAction":"A","syscalls":[{"names":["a"]}]}', 'syscalls[0].action must be a string'],
    ['{"defaultAction":"A","syscalls":[{"action":"A"}]}', 'syscalls[0].names must be a list'],
  ])('that is wrong names the field: %s', (text, message) => {
    expect(() => parseProfile('x.json', text)).toThrow(message)
  })
})
