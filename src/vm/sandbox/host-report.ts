import {hostNeeds, type ReportLine} from './host-needs.ts'
import type {VmServices} from './services.ts'

/** What machines need of this host, and how they would run. The accelerator is tried out, not guessed. */
export async function hostReport(services: VmServices): Promise<ReportLine[]> {
  const needs = hostNeeds(services.config)
  return needs.some(({state}) => state === 'missing') ? [...needs] : [...needs, await acceleratorLine(services)]
}

async function acceleratorLine(services: VmServices): Promise<ReportLine> {
  try {
    const {accelerator, version, reason} = await (await services.hypervisor(services.config)).capabilities()
    return accelerator === 'kvm'
      ? {subject: 'accelerator', state: 'ok', detail: `KVM, QEMU ${version}`}
      : {
          subject: 'accelerator',
          state: 'slow',
          detail: `emulation (TCG) by QEMU ${version}, several times slower: ${reason}`,
        }
  } catch (error) {
    return {subject: 'accelerator', state: 'missing', detail: (error as Error).message}
  }
}
