import type {LiveSandbox} from './live-sandbox.ts'
import type {VmServices} from './services.ts'
import type {Demand} from './sizing.ts'

/**
 * Makes room for one more container: what it may use is added to the machine, which never shrinks. Containers without
 * limits share what is there. The caller holds the sandbox's lock.
 */
export async function growMachine(
  services: VmServices,
  {machine, agent, record}: LiveSandbox,
  demand: Demand,
): Promise<void> {
  const vcpus = machine.record.vcpus + demand.vcpus
  const more = Math.min(vcpus, machine.record.maximumVcpus)
  if (demand.memoryMiB === 0 && more <= machine.record.vcpus) return
  if (demand.memoryMiB > 0) await machine.addMemory(demand.memoryMiB)
  if (more > machine.record.vcpus) await machine.addVcpus(more)
  const state = services.store.sandboxState(record.id)
  services.store.saveSandboxState(record.id, {...state, machine: machine.record})
  await agent.request('online', {memory: demand.memoryMiB > 0, cpus: machine.record.vcpus})
}
