import type {MachineConfig} from '../hypervisor.ts'

export interface QemuSettings {
  readonly program: string
  readonly accelerator: 'kvm' | 'tcg'
  /** Rate of the guest's time stamp counter, when it cannot be left to measure it. */
  readonly tscKhz?: number
  /** In place of QEMU's own, which looks for disks and option ROMs before it enters a kernel. */
  readonly firmware?: string
}

/** Where the guest's life begins: at the kernel, or in a saved machine whose memory it maps without changing it. */
export type Origin = {readonly kind: 'boot'} | {readonly kind: 'saved'; readonly memoryFile: string}

/** Names of the sockets in the machine's directory. QEMU runs there, so that long paths do not overflow an address. */
export const socketNames = {
  qmp: 'qmp.sock',
  channel: 'channel.sock',
  console: 'console.sock',
  agent: 'agent.sock',
} as const

/** PCI slots of devices that are there from the start; the root ports follow. */
const slots = {rng: 2, serial: 3, share: 4, firstPort: 6} as const

/**
 * QEMU's arguments for a machine. The device list is the same for every machine of one size, in fixed slots: a saved
 * state can only be loaded into the same list, and what belongs to one container is added after the start.
 */
export function qemuArguments(config: MachineConfig, settings: QemuSettings, origin: Origin): string[] {
  return [
    ...['-name', config.name],
    ...processArguments,
    ...(settings.firmware === undefined ? [] : ['-bios', settings.firmware]),
    ...machineArguments(config, settings, origin),
    ...originArguments(config, settings, origin),
    ...['-qmp', `unix:${socketNames.qmp},server=on,wait=off`],
    ...deviceArguments(config),
  ]
}

/** Each growth of a machine takes one. */
const MEMORY_SLOTS = 32

const processArguments = [
  ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
  ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
]

/**
 * Five levels of page tables are one more to walk, for memory that no guest has. A CPU that says its string instructions are
 * fast has kernel and libraries copy and clear by them, and the emulator does that byte by byte.
 */
const EMULATED_CPU = 'max,la57=off,erms=off,fsrm=off'

function machineArguments(config: MachineConfig, settings: QemuSettings, origin: Origin): string[] {
  const {memoryMiB, maximumMemoryMiB, vcpus, maximumVcpus} = config
  return [
    '-machine',
    `q35,accel=${settings.accelerator},usb=off,sata=off,smbus=off,vmport=off,i8042=off,hpet=off,graphics=off,memory-backend=memory`,
    ...['-cpu', settings.accelerator === 'kvm' ? 'host' : EMULATED_CPU],
    ...['-smp', `cpus=${vcpus},maxcpus=${maximumVcpus},sockets=1,cores=${maximumVcpus},threads=1`],
    ...[
      '-m',
      `size=${memoryMiB}M${maximumMemoryMiB > memoryMiB ? `,slots=${MEMORY_SLOTS},maxmem=${maximumMemoryMiB}M` : ''}`,
    ],
    ...['-object', memoryBackend(config, origin)],
    // A guest that was stopped on a busy host must not see its clock jump by what it missed.
    ...['-rtc', 'base=utc,driftfix=slew'],
  ]
}

/** Shared, so that virtiofsd can map it and a save can leave it where it is; a clone's pages are its own. */
function memoryBackend({memoryMiB, memoryFile}: MachineConfig, origin: Origin): string {
  const size = `id=memory,size=${memoryMiB}M`
  if (origin.kind === 'saved')
    return `memory-backend-file,${size},share=off,mem-path=${escapeOption(origin.memoryFile)}`
  if (memoryFile !== undefined) return `memory-backend-file,${size},share=on,mem-path=${escapeOption(memoryFile)}`
  return `memory-backend-memfd,${size},share=on`
}

function originArguments(config: MachineConfig, settings: QemuSettings, origin: Origin): string[] {
  if (origin.kind === 'saved') return ['-incoming', 'defer']
  // An emulated CPU speculates about nothing, and flushing it at each system call costs a fifth of the boot.
  const rate = settings.tscKhz === undefined ? '' : `tsc_early_khz=${settings.tscKhz} `
  const emulated = settings.accelerator === 'tcg' ? `mitigations=off ${rate}` : ''
  return ['-kernel', config.kernel, '-initrd', config.initramfs, '-append', `${emulated}${config.kernelParameters}`]
}

function deviceArguments(config: MachineConfig): string[] {
  return [
    ...['-chardev', `socket,id=console,path=${socketNames.console}`, '-serial', 'chardev:console'],
    ...['-object', 'rng-random,id=rng,filename=/dev/urandom'],
    ...['-device', `virtio-rng-pci,rng=rng,bus=pcie.0,addr=${slots.rng}`],
    ...['-device', `virtio-serial-pci,id=serial,max_ports=2,bus=pcie.0,addr=${slots.serial}`],
    ...['-chardev', `socket,id=agent,path=${socketNames.channel}`],
    ...['-device', 'virtserialport,bus=serial.0,nr=1,chardev=agent,name=org.berth.agent'],
    ...shareArguments(config.share),
    ...Array.from({length: config.hotplugPorts}, (_, port) => ['-device', rootPort(port)]).flat(),
  ]
}

/**
 * `passthrough` keeps owners, modes, links and devices as they are on the host, which takes root's rights over files.
 * `remap` keeps inode numbers apart when the share holds mounts of several file systems.
 */
function shareArguments(share: MachineConfig['share']): string[] {
  if (share.kind === '9p') {
    return [
      ...['-fsdev', `local,id=share,path=${escapeOption(share.path)},security_model=passthrough,multidevs=remap`],
      ...['-device', `virtio-9p-pci,fsdev=share,mount_tag=berth,bus=pcie.0,addr=${slots.share}`],
    ]
  }
  return share.servers.flatMap(({tag, socket}, index) => [
    ...['-chardev', `socket,id=share${index},path=${escapeOption(socket)}`],
    '-device',
    `vhost-user-fs-pci,chardev=share${index},tag=${tag},queue-size=1024,bus=pcie.0,addr=${slots.share + index}`,
  ])
}

function rootPort(port: number): string {
  const slot = slots.firstPort + Math.floor(port / 8)
  const multifunction = port % 8 === 0 ? ',multifunction=on' : ''
  return `pcie-root-port,id=port${port},bus=pcie.0,chassis=${port + 1},addr=${slot}.${port % 8}${multifunction},io-reserve=0`
}

/** A comma ends an option in QEMU's syntax unless it is doubled. */
export function escapeOption(value: string): string {
  return value.replaceAll(',', ',,')
}
