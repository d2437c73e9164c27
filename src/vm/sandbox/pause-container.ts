import {EngineError} from '../../errors/index.ts'
import {openSandbox} from './live-sandbox.ts'
import {lockContainer} from './locked-container.ts'
import type {VmServices} from './services.ts'

/** Freezes every process of a container; the rest of its machine goes on. @throws ERR_OCI_STATE when it does not run */
export function pauseContainer(services: VmServices, id: string): Promise<void> {
  return change(services, id, 'running', 'pause')
}

/** @throws ERR_OCI_STATE when it is not paused */
export function resumeContainer(services: VmServices, id: string): Promise<void> {
  return change(services, id, 'paused', 'resume')
}

async function change(services: VmServices, id: string, required: string, op: 'pause' | 'resume'): Promise<void> {
  using container = await lockContainer(services, id)
  const {record, state, status} = container
  if (status !== required) throw new EngineError('ERR_OCI_STATE', `container not ${required}`)
  using sandbox = await openSandbox(services, record.sandbox)
  await sandbox.agent.request(op, {container: id})
  services.store.saveContainerState(record.sandbox, id, {...state, paused: op === 'pause'})
}
