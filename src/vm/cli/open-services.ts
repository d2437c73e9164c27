import {Trace} from '../../timings/index.ts'
import {loadVmConfig} from '../config/load-vm-config.ts'
import type {VmConfig} from '../config/vm-config.ts'
import type {Hypervisor} from '../hypervisor/hypervisor.ts'
import {VmStore} from '../persist/vm-store.ts'
import type {VmServices} from '../sandbox/services.ts'
import {firstInBoot} from './first-in-boot.ts'
import type {Log} from './log.ts'
import type {Globals} from './verb.ts'

/** The composition root of the runtime. */
export async function openServices(globals: Globals, log: Log): Promise<VmServices> {
  const config = await loadVmConfig(globals.config, process.env)
  let hypervisor: Promise<Hypervisor> | undefined
  return {
    store: new VmStore(globals.root),
    config: {...config, systemdCgroup: globals.systemdCgroup, debug: config.debug || globals.debug},
    hypervisor: (settings) => {
      hypervisor ??= openHypervisor(settings, globals.root, log)
      return hypervisor
    },
    timings: new Trace(),
    warn: (message) => log.write('warning', message),
  }
}

async function openHypervisor(config: VmConfig, root: string, log: Log): Promise<Hypervisor> {
  const {Qemu} = await import('../hypervisor/qemu/qemu.ts')
  return new Qemu({
    program: config.qemu,
    accelerator: config.accelerator,
    kernel: config.kernel,
    relay: config.relay,
    verdictDirectory: root,
    onEmulation: (reason) =>
      log.write(
        firstInBoot(root, 'emulation') ? 'warning' : 'debug',
        `virtual machines are emulated on this host, which is several times slower than KVM: ${reason}`,
      ),
  })
}
