import {EngineError} from '../../errors/index.ts'
import type {Resources} from '../../oci/types/runtime-spec.ts'
import {adaptResources} from './adapt-spec.ts'
import {growMachine} from './grow-machine.ts'
import {openSandbox} from './live-sandbox.ts'
import {lockContainer} from './locked-container.ts'
import {limitMachine} from './machine-cgroup.ts'
import type {VmServices} from './services.ts'
import {demandOf} from './sizing.ts'

/**
 * Changes limits of a running container: in the guest, on the host's cgroup, and the machine grows when the new limits ask
 * for more than the old ones.
 * @throws ERR_OCI_CTR_NOT_RUNNING when it is not created, running or paused
 */
export async function updateContainer(services: VmServices, id: string, resources: Resources): Promise<void> {
  using container = await lockContainer(services, id)
  const {record, state, status} = container
  if (status === 'stopped') throw new EngineError('ERR_OCI_CTR_NOT_RUNNING')
  using sandbox = await openSandbox(services, record.sandbox)
  const wanted = demandOf({ociVersion: '', linux: {resources}})
  const old = state.resources
  const demand = {memoryMiB: wanted.memoryMiB || old.memoryMiB, vcpus: wanted.vcpus || old.vcpus}
  await growMachine(services, sandbox, id, demand)
  if (record.kind === 'sandbox')
    limitMachine(record.cgroups, resources, demand.memoryMiB > 0 ? sandbox.machine.record : undefined, services.config)
  await sandbox.agent.request('update', {container: id}, {tail: JSON.stringify(adaptResources(resources))})
  services.store.saveContainerState(record.sandbox, id, {...state, resources: demand})
}
