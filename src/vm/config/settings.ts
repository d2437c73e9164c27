import {EngineError} from '../../errors/index.ts'
import {joinParameters} from './kernel-parameters.ts'
import type {VmConfig} from './vm-config.ts'

type Change = (config: VmConfig, value: unknown) => VmConfig | undefined

/** The keys of `[vm]` in the configuration file, and of `io.berth.vm.KEY` annotations where `annotatable` says so. */
const settings: Readonly<Record<string, {readonly change: Change; readonly annotatable?: boolean}>> = {
  qemu: {change: text('qemu')},
  accelerator: {change: choice('accelerator', ['auto', 'kvm', 'tcg'])},
  kernel: {change: text('kernel')},
  initramfs: {change: text('initramfs')},
  kernel_params: {change: kernelParameters, annotatable: true},
  relay: {change: text('relay')},
  memory_mib: {change: count('memoryMiB', 64), annotatable: true},
  memory_overhead_mib: {change: count('memoryOverheadMiB', 32), annotatable: true},
  hypervisor_overhead_mib: {change: count('hypervisorOverheadMiB', 0)},
  maximum_memory_mib: {change: count('maximumMemoryMiB', 0), annotatable: true},
  vcpus: {change: count('vcpus', 1), annotatable: true},
  maximum_vcpus: {change: count('maximumVcpus', 0), annotatable: true},
  share: {change: choice('share', ['auto', '9p', 'virtiofs']), annotatable: true},
  volume_trust_ms: {change: count('volumeTrustMs', 0), annotatable: true},
  virtiofsd: {change: text('virtiofsd')},
  hotplug_ports: {change: count('hotplugPorts', 1)},
  emulated_boots: {change: count('emulatedBoots', 0)},
  start_timeout_ms: {change: count('startTimeoutMs', 1)},
  agent_timeout_ms: {change: count('agentTimeoutMs', 1)},
  debug: {change: (config, value) => (typeof value === 'boolean' ? {...config, debug: value} : undefined)},
}

const ANNOTATION = 'io.berth.vm.'

/** @throws ERR_CONFIG_INVALID for an unknown key or a value that does not fit */
export function applySettings(config: VmConfig, document: Readonly<Record<string, unknown>>, source: string): VmConfig {
  const section = document.vm ?? {}
  const stray = Object.keys(document).find((key) => key !== 'vm')
  if (stray !== undefined) throw new EngineError('ERR_CONFIG_INVALID', `${source}: unknown section ${stray}`)
  return Object.entries(section).reduce((result, [key, value]) => change(result, key, value, source), config)
}

/**
 * What a container's annotations change. Programs, images and users are not theirs to choose: a pod's author is not the
 * host's administrator.
 */
export function applyAnnotations(config: VmConfig, annotations: Readonly<Record<string, string>>): VmConfig {
  return Object.entries(annotations).reduce((result, [name, value]) => {
    const key = name.startsWith(ANNOTATION) ? name.slice(ANNOTATION.length) : ''
    if (!settings[key]?.annotatable) return result
    return change(result, key, /^\d+$/.test(value) ? Number(value) : value, 'annotation')
  }, config)
}

function change(config: VmConfig, key: string, value: unknown, source: string): VmConfig {
  const setting = settings[key]
  if (!setting) throw new EngineError('ERR_CONFIG_INVALID', `${source}: unknown key ${key}`)
  const changed = setting.change(config, value)
  if (!changed)
    throw new EngineError('ERR_CONFIG_INVALID', `${source}: ${key}: value ${JSON.stringify(value)} does not fit`)
  return changed
}

function text(field: keyof VmConfig): Change {
  return (config, value) => (typeof value === 'string' && value !== '' ? {...config, [field]: value} : undefined)
}

function choice(field: keyof VmConfig, values: readonly string[]): Change {
  return (config, value) => (values.includes(value as string) ? {...config, [field]: value} : undefined)
}

function count(field: keyof VmConfig, minimum: number): Change {
  return (config, value) =>
    Number.isSafeInteger(value) && (value as number) >= minimum ? {...config, [field]: value} : undefined
}

function kernelParameters(config: VmConfig, value: unknown): VmConfig | undefined {
  if (typeof value !== 'string') return undefined
  return {...config, kernelParameters: joinParameters(config.kernelParameters, value)}
}
