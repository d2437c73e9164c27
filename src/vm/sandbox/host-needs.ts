import {existsSync} from 'node:fs'
import {totalmem} from 'node:os'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {findProgram, installRoot, readJson} from '../../host/index.ts'
import type {VmConfig} from '../config/vm-config.ts'

export interface ReportLine {
  readonly subject: string
  /** `slow` works, but not as one would like; `missing` keeps machines from running. */
  readonly state: 'ok' | 'slow' | 'missing'
  readonly detail: string
}

/** What machines need that a look at files tells: nothing is run. */
export function hostNeeds(config: VmConfig): readonly ReportLine[] {
  return [
    guestLine(config),
    programLine(config.qemu, 'the hypervisor'),
    deviceLine('/dev/net/tun', 'network cards'),
    programLine('ip', 'from iproute2, to look at networks'),
    programLine('tc', 'from iproute2, to join networks'),
    shareLine(config),
    memoryLine(config),
  ]
}

/**
 * A host that cannot run machines says so before anything is made. Nothing weaker takes their place by itself.
 * @throws ERR_VM_CONFIG
 */
export function requireHost(config: VmConfig): void {
  const missing = hostNeeds(config).filter(({state}) => state === 'missing')
  if (missing.length === 0) return
  const needs = missing.map(({subject, detail}) => `${subject}: ${detail}`).join(', ')
  throw new EngineError(
    'ERR_VM_CONFIG',
    `${needs} (\`berth-vm check\` tells more; \`--runtime runc\` does without a virtual machine)`,
  )
}

function guestLine({kernel, initramfs, relay}: VmConfig): ReportLine {
  const missing = [kernel, initramfs, relay].filter((path) => !existsSync(path))
  if (missing.length > 0)
    return {
      subject: 'guest image',
      state: 'missing',
      detail: `${missing.join(', ')} missing; \`npm --prefix ${installRoot()} run setup\` makes it`,
    }
  const about = readJson<{readonly kernel?: string}>(join(initramfs, '../version.json'))
  return {subject: 'guest image', state: 'ok', detail: `kernel ${about?.kernel ?? 'of unknown version'}, ${kernel}`}
}

function deviceLine(path: string, purpose: string): ReportLine {
  return existsSync(path)
    ? {subject: path, state: 'ok', detail: `for ${purpose}`}
    : {subject: path, state: 'missing', detail: `no such device, needed for ${purpose}; \`modprobe tun\` may make it`}
}

function programLine(name: string, purpose: string): ReportLine {
  const path = findProgram([name])
  return path === undefined
    ? {subject: name, state: 'missing', detail: `program is not installed; ${purpose}`}
    : {subject: name, state: 'ok', detail: path}
}

function shareLine({share, virtiofsd}: VmConfig): ReportLine {
  const subject = 'shared files'
  if (share === '9p') return {subject, state: 'ok', detail: "QEMU's 9p"}
  if (existsSync(virtiofsd)) return {subject, state: 'ok', detail: `virtiofs, ${virtiofsd}`}
  return share === 'virtiofs'
    ? {subject, state: 'missing', detail: `${virtiofsd} is not installed`}
    : {subject, state: 'slow', detail: `QEMU's 9p, slower and without sockets and pipes: ${virtiofsd} is not installed`}
}

function memoryLine({memoryMiB}: VmConfig): ReportLine {
  const have = Math.floor(totalmem() / 1024 / 1024)
  return have < memoryMiB
    ? {subject: 'memory', state: 'missing', detail: `${have} MiB, a machine has ${memoryMiB} MiB`}
    : {subject: 'memory', state: 'ok', detail: `${have} MiB, a machine has ${memoryMiB} MiB by default`}
}
