import {existsSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../../errors/index.ts'
import {installRoot} from '../../host/index.ts'
import {applySettings} from './settings.ts'
import type {VmConfig} from './vm-config.ts'

const SYSTEM_FILE = '/etc/berth/berth-vm.toml'

/**
 * The configuration: built-in values, `--config FILE` or else $BERTH_VM_CONF or else /etc/berth/berth-vm.toml.
 * @throws ERR_CONFIG_INVALID naming file and key
 */
export async function loadVmConfig(file: string | undefined, env: NodeJS.ProcessEnv): Promise<VmConfig> {
  const path = file ?? env.BERTH_VM_CONF ?? (existsSync(SYSTEM_FILE) ? SYSTEM_FILE : undefined)
  const guest = env.BERTH_VM_GUEST ?? join(installRoot(), 'guest/build')
  const defaults = builtIn(guest)
  return path === undefined ? defaults : applySettings(defaults, await readToml(path), path)
}

function builtIn(guest: string): VmConfig {
  return {
    qemu: `qemu-system-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`,
    accelerator: 'auto',
    kernel: join(guest, 'vmlinux'),
    initramfs: join(guest, 'initramfs.cpio'),
    kernelParameters: guestParameters(join(guest, 'kernel-params')),
    relay: join(guest, 'berth-relay'),
    memoryMiB: 512,
    memoryOverheadMiB: 128,
    hypervisorOverheadMiB: 256,
    maximumMemoryMiB: 0,
    vcpus: 1,
    maximumVcpus: 0,
    share: 'auto',
    volumeTrustMs: 0,
    virtiofsd: findVirtiofsd(),
    hotplugPorts: 12,
    emulatedBoots: 0,
    startTimeoutMs: 60_000,
    agentTimeoutMs: 60_000,
    systemdCgroup: false,
    debug: false,
  }
}

/** Debian's place, then Fedora's. */
function findVirtiofsd(): string {
  const places = ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd']
  return places.find(existsSync) ?? (places[0] as string)
}

/** The image's own defaults lie beside it; without them `check` and `create` say what is missing. */
function guestParameters(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return ''
    throw error
  }
}

async function readToml(path: string): Promise<Record<string, unknown>> {
  const {parse} = await import('smol-toml')
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new EngineError('ERR_CONFIG_INVALID', `${path}: ${(cause as Error).message.split('\n')[0]}`, {cause})
  }
}
