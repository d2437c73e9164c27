import {EngineError} from '../../errors/index.ts'
import type {Agent} from '../agent/agent.ts'
import {integerField} from '../agent/message.ts'
import type {LiveSandbox} from './live-sandbox.ts'
import type {VmServices} from './services.ts'
import type {Demand} from './sizing.ts'

const DEADLINE_MS = 10_000
const MEBIBYTE = 1024 * 1024

/**
 * Makes room for one more container: what it may use is added to the machine, which never shrinks. Containers without
 * limits share what is there. The caller holds the sandbox's lock.
 */
export async function growMachine(services: VmServices, sandbox: LiveSandbox, demand: Demand): Promise<void> {
  const {machine, agent, record} = sandbox
  const {vcpus, maximumVcpus} = machine.record
  const wanted = Math.min(vcpus + demand.vcpus, maximumVcpus)
  if (demand.memoryMiB === 0 && wanted <= vcpus) return
  const before = await online(agent, vcpus)
  if (demand.memoryMiB > 0) await machine.addMemory(demand.memoryMiB)
  if (wanted > vcpus) await machine.addVcpus(wanted)
  services.store.saveSandboxState(record.id, {...services.store.sandboxState(record.id), machine: machine.record})
  await untilOnline(agent, wanted, before.memoryBytes + demand.memoryMiB * MEBIBYTE)
}

interface Online {
  readonly cpus: number
  readonly memoryBytes: number
}

/** The guest's kernel sees a new DIMM or CPU some time after it was plugged; what is not seen cannot be brought online. */
async function untilOnline(agent: Agent, cpus: number, memoryBytes: number): Promise<void> {
  for (const deadline = Date.now() + DEADLINE_MS; ; ) {
    const now = await online(agent, cpus)
    if (now.cpus >= cpus && now.memoryBytes >= memoryBytes) return
    if (Date.now() > deadline) {
      const detail = `guest has ${now.cpus} CPUs and ${Math.round(now.memoryBytes / MEBIBYTE)} MiB after ${DEADLINE_MS} ms`
      throw new EngineError('ERR_AGENT_TIMEOUT', detail)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function online(agent: Agent, cpus: number): Promise<Online> {
  const {ok} = await agent.request('online', {memory: true, cpus})
  return {cpus: integerField(ok, 'cpus'), memoryBytes: integerField(ok, 'memoryBytes')}
}
