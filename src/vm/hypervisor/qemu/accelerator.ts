import {accessSync, constants, statSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {EngineError} from '../../../errors/index.ts'
import {LockFile, readJson, type Versioned, writeJson} from '../../../host/index.ts'
import {readBootID} from './boot-id.ts'
import {probeKvm} from './kvm-probe.ts'

export interface Verdict {
  readonly accelerator: 'kvm' | 'tcg'
  /** Why it is not KVM. */
  readonly reason?: string
}

export interface AcceleratorOptions {
  readonly program: string
  readonly accelerator: 'auto' | 'kvm' | 'tcg'
  readonly kernel: string
  readonly verdictDirectory: string
}

interface VerdictRecord extends Versioned, Verdict {
  readonly bootID: string
  /** Path, size and time of QEMU's binary: a new version may have learnt what the old one could not. */
  readonly program: string
}

/**
 * KVM or emulation. A device node says nothing: hosts exist whose KVM hangs every guest. So a guest is run on it once
 * per boot and QEMU version, under a lock, and the verdict is kept on disk.
 */
export async function chooseAccelerator(options: AcceleratorOptions): Promise<Verdict> {
  if (options.accelerator !== 'auto') return {accelerator: options.accelerator, reason: 'configured'}
  const unusable = kvmMissing()
  if (unusable !== undefined) return {accelerator: 'tcg', reason: unusable}
  const path = join(options.verdictDirectory, 'accelerator.json')
  const identity = {bootID: readBootID(), program: identifyProgram(options.program)}
  return kept(path, identity) ?? probeOnce(path, identity, options)
}

async function probeOnce(
  path: string,
  identity: {readonly bootID: string; readonly program: string},
  options: AcceleratorOptions,
): Promise<Verdict> {
  using _lock = await LockFile.acquire(`${path}.lock`)
  const known = kept(path, identity)
  if (known) return known
  const reason = await probeKvm(options)
  const verdict: Verdict = reason === undefined ? {accelerator: 'kvm'} : {accelerator: 'tcg', reason}
  writeJson<VerdictRecord>(path, {version: 1, ...identity, ...verdict}, {durable: false})
  return verdict
}

function kept(path: string, identity: {readonly bootID: string; readonly program: string}): Verdict | undefined {
  const record = readJson<VerdictRecord>(path)
  if (record?.bootID !== identity.bootID || record.program !== identity.program) return undefined
  return {accelerator: record.accelerator, ...(record.reason === undefined ? {} : {reason: record.reason})}
}

function kvmMissing(): string | undefined {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK)
    return undefined
  } catch (error) {
    return `/dev/kvm: ${(error as NodeJS.ErrnoException).code}`
  }
}

/** @throws ERR_PROGRAM_MISSING */
export function identifyProgram(program: string): string {
  const candidates = program.includes('/')
    ? [program]
    : (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, program))
  for (const path of candidates) {
    const stat = statSync(path, {throwIfNoEntry: false})
    if (stat?.isFile()) return `${path} ${stat.size} ${stat.mtimeMs}`
  }
  throw new EngineError('ERR_PROGRAM_MISSING', program)
}
