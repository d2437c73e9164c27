import {readFileSync} from 'node:fs'
import {release} from 'node:os'
import {EngineError, isErrno} from '../../../errors/index.ts'
import {kernelHasX32} from '../../../host/index.ts'
import type {Seccomp, SeccompSyscall} from '../../types/runtime-spec.ts'
import type {SecurityTemplate} from '../spec-template.ts'
import {parseProfile, type RuleFilter, type SeccompProfile, type SeccompRule} from './profile.ts'

/** The system call filter of a container; undefined for none. @throws ERR_CONFIG_INVALID, ERR_REFUSED */
export function buildSeccomp(security: SecurityTemplate): Seccomp | undefined {
  const {seccomp} = security
  if (seccomp.kind === 'unconfined') return undefined
  const profile =
    seccomp.kind === 'profile'
      ? parseProfile(seccomp.source, seccomp.json)
      : parseProfile(seccomp.path, readProfile(seccomp.path))
  return resolveProfile(profile, {
    capabilities: security.capabilities,
    architecture: process.arch,
    kernel: release(),
    x32: kernelHasX32(),
    ...(security.nativeOnly && {nativeOnly: true}),
  })
}

export interface SeccompTarget {
  readonly capabilities: readonly string[]
  /** As Node names it. */
  readonly architecture: string
  readonly kernel: string
  /**
   * Without the architectures that share the native one, where the profile leaves them to the host. Runtimes take 30 ms less
   * to compile the filter and to have the kernel take it.
   */
  readonly nativeOnly?: true
  /** Whether the kernel runs x32 programs. The rules for them take a runtime a sixth of the time that an exec takes. */
  readonly x32: boolean
}

/** The OCI filter of a profile for a container with these capabilities on this host. */
export function resolveProfile(profile: SeccompProfile, target: SeccompTarget): Seccomp {
  const {defaultAction, defaultErrnoRet, flags, listenerPath, listenerMetadata} = profile
  const syscalls = profile.syscalls.filter((rule) => applies(rule, target)).map(toOci)
  return {
    defaultAction,
    ...(defaultErrnoRet !== undefined && {defaultErrnoRet}),
    architectures: architectures(profile, target),
    ...(flags && flags.length > 0 && {flags: [...flags]}),
    ...(listenerPath && {listenerPath}),
    ...(listenerMetadata && {listenerMetadata}),
    ...(syscalls.length > 0 && {syscalls}),
  }
}

function readProfile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT', 'EACCES')) throw cause
    throw new EngineError('ERR_REFUSED', `opening seccomp profile: open ${path}: no such file or directory`, {cause})
  }
}

/** Names of an architecture: as profiles filter by it (Go's), and as libseccomp has it. */
const ARCHITECTURES: Readonly<Record<string, {readonly go: string; readonly seccomp: string}>> = {
  x64: {go: 'amd64', seccomp: 'SCMP_ARCH_X86_64'},
  arm64: {go: 'arm64', seccomp: 'SCMP_ARCH_AARCH64'},
  arm: {go: 'arm', seccomp: 'SCMP_ARCH_ARM'},
  ppc64: {go: 'ppc64le', seccomp: 'SCMP_ARCH_PPC64LE'},
  s390x: {go: 's390x', seccomp: 'SCMP_ARCH_S390X'},
  riscv64: {go: 'riscv64', seccomp: 'SCMP_ARCH_RISCV64'},
}

function architectures(profile: SeccompProfile, {architecture, nativeOnly, x32}: SeccompTarget): string[] {
  if (profile.architectures && profile.architectures.length > 0) return [...profile.architectures]
  const native = ARCHITECTURES[architecture]?.seccomp
  const entry = profile.archMap?.find((map) => map.architecture === native)
  if (!entry) return []
  const others = (entry.subArchitectures ?? []).filter((name) => x32 || name !== 'SCMP_ARCH_X32')
  return [entry.architecture, ...(nativeOnly ? [] : others)]
}

function applies({includes = {}, excludes = {}}: SeccompRule, target: SeccompTarget): boolean {
  const go = ARCHITECTURES[target.architecture]?.go ?? target.architecture
  if (excludes.arches?.includes(go) || excludes.caps?.some((name) => target.capabilities.includes(name))) return false
  if (excludes.minKernel && kernelIsAtLeast(target.kernel, excludes.minKernel)) return false
  return included(includes, go, target)
}

function included({arches, caps, minKernel}: RuleFilter, go: string, target: SeccompTarget): boolean {
  if (arches && arches.length > 0 && !arches.includes(go)) return false
  if (caps?.some((name) => !target.capabilities.includes(name))) return false
  return !minKernel || kernelIsAtLeast(target.kernel, minKernel)
}

function kernelIsAtLeast(kernel: string, wanted: string): boolean {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10))
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map((part) => Number.parseInt(part, 10))
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

function toOci({name, names, action, errnoRet, args}: SeccompRule): SeccompSyscall {
  return {
    names: names && names.length > 0 ? [...names] : [name ?? ''],
    action,
    ...(errnoRet !== undefined && {errnoRet}),
    ...(args &&
      args.length > 0 && {
        args: args.map(({index, value, valueTwo, op}) => ({index, value, ...(valueTwo && {valueTwo}), op})),
      }),
  }
}
