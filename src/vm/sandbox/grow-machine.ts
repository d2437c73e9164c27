import {EngineError} from '../../errors/index.ts'
import type {Agent} from '../agent/agent.ts'
import {integerField} from '../agent/message.ts'
import type {Demand} from '../persist/records.ts'
import type {LiveSandbox} from './live-sandbox.ts'
import {limitMachine} from './machine-cgroup.ts'
import type {VmServices} from './services.ts'
import {sizeFor} from './sizing.ts'

const DEADLINE_MS = 10_000
const MEBIBYTE = 1024 * 1024

/** Linux brings memory online in blocks of this size on x86. */
const BLOCK_MIB = 128

/**
 * Makes room for the limits of all containers of a machine, `id` with these: what is missing is added to the machine, up to its
 * maximum. It never shrinks, but room that a container left serves the next. The caller holds the sandbox's lock.
 */
export async function growMachine(
  services: VmServices,
  sandbox: LiveSandbox,
  id: string,
  demand: Demand,
): Promise<void> {
  const {machine, agent, record} = sandbox
  const {memoryMiB, maximumMemoryMiB, vcpus, maximumVcpus} = machine.record
  const needed = neededSize(services, record.id, id, demand)
  const room = Math.floor((maximumMemoryMiB - memoryMiB) / BLOCK_MIB) * BLOCK_MIB
  const added = Math.min(room, Math.ceil(Math.max(0, needed.memoryMiB - memoryMiB) / BLOCK_MIB) * BLOCK_MIB)
  const wanted = Math.min(Math.max(vcpus, needed.vcpus), maximumVcpus)
  if (added === 0 && wanted <= vcpus) return
  const before = await online(agent, vcpus)
  if (added > 0) await machine.addMemory(added)
  if (wanted > vcpus) await machine.addVcpus(wanted)
  const state = {...services.store.sandboxState(record.id), machine: machine.record}
  services.store.saveSandboxState(record.id, state)
  // Its cgroup was bounded by the size that it had.
  if (ownDemand(services, record.id).memoryMiB > 0)
    limitMachine(state.cgroups ?? [], {}, machine.record, services.config)
  await untilOnline(agent, wanted, before.memoryBytes + added * MEBIBYTE)
}

function neededSize({store}: VmServices, sandbox: string, id: string, demand: Demand): Demand {
  const {base} = store.sandboxState(sandbox)
  const others = store
    .containersOf(sandbox)
    .filter((container) => container.id !== id && container.kind === 'container')
    .flatMap((container) => store.containerState(sandbox, container.id)?.resources ?? [])
  if (!base) throw new EngineError('ERR_INTERNAL', `sandbox ${sandbox} has no size on record`)
  if (id === sandbox) return sizeFor(base, demand, others)
  return sizeFor(base, ownDemand({store}, sandbox), [...others, demand])
}

function ownDemand({store}: Pick<VmServices, 'store'>, sandbox: string): Demand {
  return store.containerState(sandbox, sandbox)?.resources ?? {memoryMiB: 0, vcpus: 0}
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
