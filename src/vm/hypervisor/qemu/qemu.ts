import {run} from '../../../host/index.ts'
import type {Hypervisor, HypervisorCapabilities, MachineConfig, MachineRecord, VirtualMachine} from '../hypervisor.ts'
import {chooseAccelerator, type Verdict} from './accelerator.ts'
import {QemuMachine} from './qemu-machine.ts'

export interface QemuOptions {
  readonly program: string
  readonly accelerator: 'auto' | 'kvm' | 'tcg'
  readonly kernel: string
  /** Where verdicts about KVM are kept: a directory that does not outlive the boot. */
  readonly verdictDirectory: string
  readonly user?: string
}

/** QEMU, one process per machine. What it can do is settled before the first machine is made: see `openQemu`. */
export class Qemu implements Hypervisor {
  readonly name = 'qemu'
  readonly verdict: Verdict
  readonly #options: QemuOptions

  constructor(options: QemuOptions, verdict: Verdict) {
    this.#options = options
    this.verdict = verdict
  }

  async capabilities(): Promise<HypervisorCapabilities> {
    const version = await qemuVersion(this.#options.program)
    const all = {blockDevices: true, memoryHotplug: true, vcpuHotplug: true, saveRestore: true}
    return {...this.verdict, ...all, version}
  }

  create(config: MachineConfig): VirtualMachine {
    return new QemuMachine(this.#settings(), {config})
  }

  load(record: MachineRecord): VirtualMachine {
    return new QemuMachine(this.#settings(), {record})
  }

  #settings() {
    const {program, user} = this.#options
    return {program, user, accelerator: this.verdict.accelerator}
  }
}

export async function openQemu(options: QemuOptions): Promise<Qemu> {
  return new Qemu(options, await chooseAccelerator(options))
}

/** `7.2.22`, from `QEMU emulator version 7.2.22 (Debian …)`. @throws ERR_PROGRAM_MISSING */
async function qemuVersion(program: string): Promise<string> {
  const {stdout} = await run(program, ['--version'])
  return /version (\S+)/.exec(stdout)?.[1] ?? stdout.trim()
}
