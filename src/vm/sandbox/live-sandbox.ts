import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import type {Agent} from '../agent/agent.ts'
import {AgentClient} from '../agent/agent-client.ts'
import type {VirtualMachine} from '../hypervisor/hypervisor.ts'
import {socketNames} from '../hypervisor/qemu/command-line.ts'
import type {SandboxRecord, SandboxState} from '../persist/records.ts'
import type {VmServices} from './services.ts'

/** A sandbox whose machine runs, with a connection to its agent. Dispose to leave it. */
export interface LiveSandbox extends Disposable {
  readonly record: SandboxRecord
  readonly directory: string
  readonly machine: VirtualMachine
  readonly agent: Agent
}

/** @throws ERR_OCI_CTR_UNKNOWN; ERR_VM_GONE when its machine ended */
export async function openSandbox(services: VmServices, id: string): Promise<LiveSandbox> {
  const record = services.store.sandbox(id)
  const machine = await loadMachine(services, services.store.sandboxState(id))
  if (!machine?.isAlive()) throw new EngineError('ERR_VM_GONE', `sandbox ${id}`)
  const directory = services.store.directory(id)
  return liveSandbox(record, directory, machine, await connectAgent(services, directory))
}

export function connectAgent(services: VmServices, directory: string): Promise<AgentClient> {
  return AgentClient.connect(join(directory, socketNames.agent), services.config.agentTimeoutMs)
}

export async function loadMachine(services: VmServices, state: SandboxState): Promise<VirtualMachine | undefined> {
  if (!state.machine) return undefined
  return (await services.hypervisor(services.config)).load(state.machine)
}

export function liveSandbox(
  record: SandboxRecord,
  directory: string,
  machine: VirtualMachine,
  agent: Agent,
): LiveSandbox {
  return {
    record,
    directory,
    machine,
    agent,
    [Symbol.dispose]: () => {
      agent[Symbol.dispose]()
      machine[Symbol.dispose]()
    },
  }
}
