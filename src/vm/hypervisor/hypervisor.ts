import type {ProcessIdentity} from '../../host/index.ts'

/** What a virtual machine is made of: fixed for its life, the same for every sandbox of one size. */
export interface MachineConfig {
  /** Directory of the sandbox: sockets, share and logs of the machine lie in it. */
  readonly directory: string
  /** Shown by `ps`; the guest never sees it. */
  readonly name: string
  readonly kernel: string
  readonly initramfs: string
  readonly kernelParameters: string
  readonly memoryMiB: number
  /** What the guest may grow to by `addMemory`. */
  readonly maximumMemoryMiB: number
  readonly vcpus: number
  /** What the guest may grow to by `addVcpus`. */
  readonly maximumVcpus: number
  /** Backs guest memory by this file instead of anonymous memory, so that it can be mapped by clones. */
  readonly memoryFile?: string
  readonly share: Share
  /** Network namespace in which the hypervisor runs; taps are opened there. */
  readonly networkNamespace?: string
  /** Empty root ports for devices that come later. */
  readonly hotplugPorts: number
}

/** The directory that the guest may mount: by the tag `berth`, or by the tag of each server that shows it. */
export type Share =
  | {readonly kind: '9p'; readonly path: string}
  | {readonly kind: 'virtiofs'; readonly servers: readonly {readonly tag: string; readonly socket: string}[]}

/** A device that comes after the start. `id` names it for `removeDevice`. */
export type Device =
  | {
      readonly kind: 'disk'
      readonly id: string
      /** Image file or host block device. */
      readonly path: string
      /** How the guest finds it: at most 20 characters. */
      readonly serial: string
      readonly readOnly: boolean
    }
  | {readonly kind: 'network'; readonly id: string; readonly tap: string; readonly mac: string; readonly mtu: number}

/** What is on disk about a running machine: enough for a later process to find it again. */
export interface MachineRecord {
  readonly directory: string
  readonly process: ProcessIdentity
  /** Root port of each device that was added. */
  readonly ports: Readonly<Record<string, number>>
  readonly hotplugPorts: number
  readonly memoryMiB: number
  readonly maximumMemoryMiB: number
  readonly vcpus: number
  readonly maximumVcpus: number
}

export interface HypervisorCapabilities {
  readonly accelerator: 'kvm' | 'tcg'
  /** Why it is not KVM. */
  readonly reason?: string
  readonly version: string
  readonly blockDevices: boolean
  readonly memoryHotplug: boolean
  readonly vcpuHotplug: boolean
  readonly saveRestore: boolean
}

/** A saved machine: device state, and the memory file it belongs to. */
export interface SavedMachine {
  readonly stateFile: string
  readonly memoryFile: string
}

/**
 * One virtual machine. `create` of `Hypervisor` makes it without a process; `start` or `restore` brings it to life; any
 * later process loads it again by its record. Only one process at a time drives a machine: callers hold its lock.
 */
export interface VirtualMachine extends Disposable {
  /** @throws ERR_VM_GONE before `start` or `restore` */
  readonly record: MachineRecord
  isAlive(): boolean
  /**
   * Spawns the hypervisor; returns as soon as it answers, while the guest still boots.
   * @throws ERR_VM_START with the hypervisor's own words
   */
  start(): Promise<void>
  /** As `start`, from a saved state instead of a boot; the guest stays paused until `resume`. */
  restore(saved: SavedMachine): Promise<void>
  /**
   * Pauses the guest and writes it to two files; the guest stays paused. Memory that lies in `memoryFile` already is
   * left there, other memory is copied, sparsely.
   */
  save(target: SavedMachine): Promise<void>
  pause(): Promise<void>
  resume(): Promise<void>
  /** @throws ERR_QMP when no root port is free or the hypervisor refuses */
  addDevice(device: Device): Promise<void>
  /** Waits until the guest let it go. A device that is not there is success. */
  removeDevice(id: string): Promise<void>
  /** Adds memory; a multiple of 128 MiB. The agent brings it online. */
  addMemory(mebibytes: number): Promise<void>
  /** Brings the number of vCPUs to `total`; never takes any away. */
  addVcpus(total: number): Promise<void>
  /** Ends the process at once: the guest was told before. Gone already is success. */
  stop(): Promise<void>
  /** Resolves when the process ends, with how; only known to the process that started it, others never hear. */
  readonly ended: Promise<string>
  /** The last lines of the guest's console and the hypervisor's messages, to explain a failure. */
  lastWords(): string
}

export interface Hypervisor {
  readonly name: string
  /** @throws ERR_PROGRAM_MISSING */
  capabilities(): Promise<HypervisorCapabilities>
  /** Whether its machines run without the processor's help: each of them then fills a CPU while it boots. */
  emulates(): Promise<boolean>
  /** @throws ERR_PROGRAM_MISSING */
  create(config: MachineConfig): Promise<VirtualMachine>
  load(record: MachineRecord): VirtualMachine
}
