import {existsSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {MemoryFile, writeSeccompFilter} from '../../src/host/index.ts'
import type {Seccomp} from '../../src/oci/types/runtime-spec.ts'

const library = existsSync(`/usr/lib/${process.arch === 'x64' ? 'x86_64' : 'aarch64'}-linux-gnu/libseccomp.so.2`)
const X86_64 = 0xc000003e
const I386 = 0x40000003
const [ALLOW, ERRNO, KILL_PROCESS] = [0x7fff0000, 0x00050000, 0x80000000]
const [EPERM, EACCES, ENOSYS] = [1, 13, 38]

describe.skipIf(!library)(`a seccomp filter compiled on the host${library ? '' : ' (needs libseccomp2)'}`, () => {
  const compile = (profile: Seccomp) => {
    using file = new MemoryFile()
    return writeSeccompFilter(profile, file.descriptor) ? file.bytes() : undefined
  }
  const rules = (...syscalls: NonNullable<Seccomp['syscalls']>): Buffer => {
    const filter = compile({
      ...{defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: ENOSYS, syscalls},
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
    })
    if (!filter) throw new Error('it was not compiled')
    return filter
  }

  it('lets through what it names, by the numbers of each architecture, and answers the rest with the default', () => {
    const filter = rules({names: ['read', 'nosuchcall'], action: 'SCMP_ACT_ALLOW'})
    expect(decide(filter, X86_64, 0)).toBe(ALLOW)
    expect(decide(filter, I386, 3)).toBe(ALLOW)
    expect(decide(filter, X86_64, 3)).toBe(ERRNO | ENOSYS)
  })

  it('has the error number of a rule, the usual one without, and other actions', () => {
    const filter = rules(
      {names: ['close'], action: 'SCMP_ACT_ERRNO', errnoRet: EACCES},
      {names: ['open'], action: 'SCMP_ACT_ERRNO'},
      {names: ['reboot'], action: 'SCMP_ACT_KILL_PROCESS'},
      {names: ['write'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS},
    )
    expect([3, 2, 169, 1].map((number) => decide(filter, X86_64, number))).toEqual([
      ERRNO | EACCES,
      ERRNO | EPERM,
      KILL_PROCESS,
      ERRNO | ENOSYS,
    ])
  })

  it('compares arguments: all that speak of different ones, any of those that speak of one', () => {
    const filter = rules(
      {
        names: ['clone'],
        action: 'SCMP_ACT_ALLOW',
        args: [{index: 0, value: 0x7e020000, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ'}],
      },
      {
        names: ['personality'],
        action: 'SCMP_ACT_ALLOW',
        args: [
          {index: 0, value: 8, op: 'SCMP_CMP_EQ'},
          {index: 0, value: 0xffffffff, op: 'SCMP_CMP_EQ'},
        ],
      },
      {
        names: ['socket'],
        action: 'SCMP_ACT_ALLOW',
        args: [
          {index: 0, value: 2, op: 'SCMP_CMP_EQ'},
          {index: 1, value: 4, op: 'SCMP_CMP_LT'},
        ],
      },
    )
    const verdicts = (number: number, ...calls: readonly number[][]) =>
      calls.map((args) => decide(filter, X86_64, number, args) === ALLOW)
    expect(verdicts(56, [0x11], [0x10000000])).toEqual([true, false])
    expect(verdicts(135, [8], [0xffffffff], [9])).toEqual([true, true, false])
    expect(verdicts(41, [2, 3], [2, 4], [3, 3])).toEqual([true, false, false])
  })

  it.each([
    {defaultAction: 'SCMP_ACT_NOTIFY'},
    {defaultAction: 'SCMP_ACT_ALLOW', architectures: ['SCMP_ARCH_ABACUS']},
    {defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{names: ['read'], action: 'nonsense'}]},
    {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{names: ['read'], action: 'SCMP_ACT_KILL', args: [{index: 9, value: 0, op: 'SCMP_CMP_EQ'}]}],
    },
    {
      defaultAction: 'SCMP_ACT_ALLOW',
      syscalls: [{names: ['read'], action: 'SCMP_ACT_KILL', args: [{index: 0, value: -1, op: 'SCMP_CMP_EQ'}]}],
    },
  ])('leaves a profile that it cannot take over as it is to the runtime: %j', (profile) => {
    expect(compile(profile)).toBeUndefined()
  })
})

/** What a classic BPF program answers for a system call. @see linux/filter.h, struct seccomp_data */
function decide(program: Buffer, architecture: number, syscall: number, args: readonly number[] = []): number {
  const data = Buffer.alloc(64)
  data.writeUInt32LE(syscall, 0)
  data.writeUInt32LE(architecture, 4)
  for (const [index, arg] of args.entries()) data.writeBigUInt64LE(BigInt(arg), 16 + 8 * index)
  let accumulator = 0
  for (let at = 0; at < program.length; at += 8) {
    const code = program.readUInt16LE(at)
    const [yes, no, k] = [program.readUInt8(at + 2), program.readUInt8(at + 3), program.readUInt32LE(at + 4)]
    if (code === 0x06) return k
    if (code === 0x20) accumulator = data.readUInt32LE(k)
    else if (code === 0x54) accumulator = (accumulator & k) >>> 0
    else if (code === 0x05) at += 8 * k
    else at += 8 * (holds(code, accumulator, k) ? yes : no)
  }
  throw new Error('the program has no end')
}

function holds(code: number, accumulator: number, k: number): boolean {
  if (code === 0x15) return accumulator === k
  if (code === 0x25) return accumulator > k
  if (code === 0x35) return accumulator >= k
  throw new Error(`instruction ${code}`)
}
