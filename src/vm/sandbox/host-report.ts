import {existsSync} from 'node:fs'
import {totalmem} from 'node:os'
import {join} from 'node:path'
import {readJson} from '../../host/index.ts'
import {missingGuestFiles} from './guest-image.ts'
import type {VmServices} from './services.ts'

export interface ReportLine {
  readonly subject: string
  /** `slow` works, but not as one would like; `missing` keeps machines from running. */
  readonly state: 'ok' | 'slow' | 'missing'
  readonly detail: string
}

/** What machines need of this host. The accelerator is tried out, not guessed. */
export async function hostReport(services: VmServices): Promise<ReportLine[]> {
  const guest = guestLine(services)
  return [
    guest,
    ...(guest.state === 'missing' ? [] : await hypervisorLines(services)),
    deviceLine('/dev/net/tun', 'network cards'),
    programLine('ip', 'from iproute2, to look at networks'),
    programLine('tc', 'from iproute2, to join networks'),
    memoryLine(services),
  ]
}

async function hypervisorLines(services: VmServices): Promise<ReportLine[]> {
  try {
    const capabilities = await (await services.hypervisor(services.config)).capabilities()
    const {accelerator, version, reason} = capabilities
    return [
      {subject: 'hypervisor', state: 'ok', detail: `QEMU ${version} (${services.config.qemu})`},
      accelerator === 'kvm'
        ? {subject: 'accelerator', state: 'ok', detail: 'KVM'}
        : {subject: 'accelerator', state: 'slow', detail: `emulation (TCG), several times slower: ${reason}`},
    ]
  } catch (error) {
    return [{subject: 'hypervisor', state: 'missing', detail: (error as Error).message}]
  }
}

function guestLine({config}: VmServices): ReportLine {
  const missing = missingGuestFiles(config)
  if (missing.length > 0)
    return {subject: 'guest image', state: 'missing', detail: `${missing.join(', ')}; \`npm run setup\` makes it`}
  const about = readJson<{readonly kernel?: string}>(join(config.initramfs, '../version.json'))
  return {
    subject: 'guest image',
    state: 'ok',
    detail: `kernel ${about?.kernel ?? 'of unknown version'}, ${config.kernel}`,
  }
}

function deviceLine(path: string, purpose: string): ReportLine {
  return existsSync(path)
    ? {subject: path, state: 'ok', detail: `for ${purpose}`}
    : {subject: path, state: 'missing', detail: `needed for ${purpose}; modprobe tun`}
}

function programLine(name: string, purpose: string): ReportLine {
  const path = (process.env.PATH ?? '')
    .split(':')
    .map((directory) => join(directory, name))
    .find(existsSync)
  return path === undefined
    ? {subject: name, state: 'missing', detail: purpose}
    : {subject: name, state: 'ok', detail: path}
}

function memoryLine({config}: VmServices): ReportLine {
  const have = Math.floor(totalmem() / 1024 / 1024)
  return have < config.memoryMiB
    ? {subject: 'memory', state: 'missing', detail: `${have} MiB, a machine has ${config.memoryMiB} MiB`}
    : {subject: 'memory', state: 'ok', detail: `${have} MiB, a machine has ${config.memoryMiB} MiB by default`}
}
