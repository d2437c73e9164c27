import type {Seccomp, SeccompSyscall} from '../oci/types/runtime-spec.ts'
import {libraryCall} from './native.ts'

/** @see seccomp.h of libseccomp; the low bits of `errno` and `trace` carry a value */
const actions: Readonly<Record<string, number>> = {
  SCMP_ACT_KILL: 0x00000000,
  SCMP_ACT_KILL_THREAD: 0x00000000,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_TRAP: 0x00030000,
  SCMP_ACT_ERRNO: 0x00050000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
}
const comparisons = ['NE', 'LT', 'LE', 'EQ', 'GE', 'GT', 'MASKED_EQ'].map((name) => `SCMP_CMP_${name}`)
const EPERM = 1
const EEXIST = 17
const UNKNOWN_SYSCALL = -1

/**
 * Compiles a profile of config.json with the host's libseccomp, as runc and crun do, and writes the classic BPF program to a
 * descriptor. False when there is no such library, or when the profile asks for what only a runtime can settle or report.
 */
export function writeSeccompFilter(profile: Seccomp, descriptor: number): boolean {
  try {
    const filter = new Filter(profile)
    try {
      return filter.addRules(profile.syscalls ?? []) && filter.write(descriptor)
    } finally {
      filter.release()
    }
  } catch {
    return false
  }
}

class Filter {
  readonly #context: number
  readonly #defaultAction: number

  constructor({defaultAction, defaultErrnoRet, architectures}: Seccomp) {
    this.#defaultAction = actionNumber(defaultAction, defaultErrnoRet)
    this.#context = call('intptr_t seccomp_init(uint32_t action)', this.#defaultAction)
    if (this.#context === 0) throw new Error('seccomp_init')
    for (const name of architectures ?? []) this.#addArchitecture(name)
  }

  #addArchitecture(name: string): void {
    const lowerCase = name.replace(/^SCMP_ARCH_/, '').toLowerCase()
    const token = call('uint32_t seccomp_arch_resolve_name(const char *name)', lowerCase)
    const result =
      token === 0 ? -1 : call('int seccomp_arch_add(intptr_t filter, uint32_t token)', this.#context, token)
    if (result < 0 && result !== -EEXIST) throw new Error(name)
  }

  addRules(rules: readonly SeccompSyscall[]): boolean {
    return rules.every((rule) => {
      const action = actionNumber(rule.action, rule.errnoRet)
      // What the default does anyway needs no rule, and libseccomp refuses one.
      return action === this.#defaultAction || rule.names.every((name) => this.#addRule(name, action, rule))
    })
  }

  #addRule(name: string, action: number, {args = []}: SeccompSyscall): boolean {
    const number = call('int seccomp_syscall_resolve_name(const char *name)', name)
    // A newer kernel's, which neither this library nor the guest's knows.
    if (number === UNKNOWN_SYSCALL) return true
    const indexes = new Set(args.map(({index}) => index))
    // Several conditions on one argument are alternatives: libseccomp takes them as rules of their own.
    const conditions = indexes.size === args.length ? [args] : args.map((each) => [each])
    return conditions.every((each) => this.#add(action, number, each))
  }

  #add(action: number, number: number, args: NonNullable<SeccompSyscall['args']>): boolean {
    const prototype =
      'int seccomp_rule_add_array(intptr_t filter, uint32_t action, int syscall, unsigned int count, const uint8_t *args)'
    return call(prototype, this.#context, action, number, args.length, comparisonBytes(args)) === 0
  }

  write(descriptor: number): boolean {
    return call('int seccomp_export_bpf(intptr_t filter, int fd)', this.#context, descriptor) === 0
  }

  release(): void {
    call('void seccomp_release(intptr_t filter)', this.#context)
  }
}

function call(prototype: string, ...args: Parameters<typeof libraryCall>[2][]): number {
  return libraryCall('libseccomp.so.2', prototype, ...args)
}

function actionNumber(name: string, errno = EPERM): number {
  const number = actions[name]
  if (number === undefined) throw new Error(name)
  return name === 'SCMP_ACT_ERRNO' || name === 'SCMP_ACT_TRACE' ? number | (errno & 0xffff) : number
}

/** An array of `struct scmp_arg_cmp`: index, comparison, two operands. */
function comparisonBytes(args: NonNullable<SeccompSyscall['args']>): Buffer {
  const bytes = Buffer.alloc(24 * Math.max(1, args.length))
  for (const [at, {index, op, value, valueTwo}] of args.entries()) {
    const comparison = comparisons.indexOf(op) + 1
    if (comparison === 0 || ![value, valueTwo ?? 0].every(Number.isSafeInteger)) throw new Error(op)
    bytes.writeUInt32LE(index, at * 24)
    bytes.writeInt32LE(comparison, at * 24 + 4)
    bytes.writeBigUInt64LE(BigInt(value), at * 24 + 8)
    bytes.writeBigUInt64LE(BigInt(valueTwo ?? 0), at * 24 + 16)
  }
  return bytes
}
