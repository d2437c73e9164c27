import {existsSync} from 'node:fs'
import {run} from '../../../host/index.ts'
import type {Hypervisor, HypervisorCapabilities, MachineConfig, MachineRecord, VirtualMachine} from '../hypervisor.ts'
import {chooseAccelerator, identifyProgram, type Verdict} from './accelerator.ts'
import {QemuMachine} from './qemu-machine.ts'
import {tscFrequency} from './tsc-frequency.ts'

export interface QemuOptions {
  readonly program: string
  readonly accelerator: 'auto' | 'kvm' | 'tcg'
  readonly kernel: string
  /** Tells the host's clock rate. */
  readonly relay: string
  /** Where verdicts about KVM are kept: a directory that does not outlive the boot. */
  readonly verdictDirectory: string
  /** Told when machines are emulated that nobody asked to be, and why. */
  readonly onEmulation?: (reason: string) => void
}

/** QEMU, one process per machine. The accelerator is settled when the first machine is made; loading one needs none. */
export class Qemu implements Hypervisor {
  readonly name = 'qemu'
  readonly #options: QemuOptions
  #verdict: Promise<Verdict> | undefined

  constructor(options: QemuOptions) {
    this.#options = options
  }

  async capabilities(): Promise<HypervisorCapabilities> {
    const version = await qemuVersion(this.#options.program)
    const all = {blockDevices: true, memoryHotplug: true, vcpuHotplug: true, saveRestore: true}
    return {...(await this.#accelerator()), ...all, version}
  }

  async emulates(): Promise<boolean> {
    return (await this.#accelerator()).accelerator === 'tcg'
  }

  async create(config: MachineConfig): Promise<VirtualMachine> {
    const {program, onEmulation, relay, verdictDirectory} = this.#options
    identifyProgram(program)
    const {accelerator, reason} = await this.#accelerator()
    if (accelerator === 'tcg' && this.#options.accelerator === 'auto') onEmulation?.(reason ?? 'no reason known')
    const tscKhz = accelerator === 'tcg' ? await tscFrequency(relay, verdictDirectory) : undefined
    return new QemuMachine({program, accelerator, tscKhz, firmware: smallFirmware()}, {config})
  }

  load(record: MachineRecord): VirtualMachine {
    return new QemuMachine({program: this.#options.program, accelerator: 'tcg'}, {record})
  }

  #accelerator(): Promise<Verdict> {
    this.#verdict ??= chooseAccelerator(this.#options)
    return this.#verdict
  }
}

/** `7.2.22`, from `QEMU emulator version 7.2.22 (Debian …)`. @throws ERR_PROGRAM_MISSING */
async function qemuVersion(program: string): Promise<string> {
  const {stdout} = await run(program, ['--version'])
  return /version (\S+)/.exec(stdout)?.[1] ?? stdout.trim()
}

/** Of QEMU's package. It sets up ACPI and enters the kernel; everything else the kernel does itself. */
const SMALL_FIRMWARE = '/usr/share/qemu/qboot.rom'

function smallFirmware(): string | undefined {
  return existsSync(SMALL_FIRMWARE) ? SMALL_FIRMWARE : undefined
}
