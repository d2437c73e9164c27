import {hasCode} from '../../errors/index.ts'
import {isAlive, killAndWait, type ProcessIdentity} from '../../host/index.ts'
import {SandboxNetwork} from '../network/sandbox-network.ts'
import type {SandboxRecord, SandboxState} from '../persist/records.ts'
import {unmountBelow} from '../share/share-directory.ts'
import {removeCgroups} from './cgroup.ts'
import type {VmServices} from './services.ts'
import {strayProcesses} from './stray-processes.ts'

/**
 * Ends a sandbox's machine and removes every trace of it on the host: processes, mounts, taps, cgroups, files, ids. Works
 * on whatever a create that failed or was killed left. The caller holds the lock.
 */
export async function destroySandbox(services: VmServices, id: string): Promise<void> {
  const {store} = services
  const state = store.sandboxState(id)
  await endMachine(state)
  const containers = store.containersOf(id)
  for (const container of containers) await endProcess(store.containerState(id, container.id)?.relay)
  await freeNetwork(findRecord(services, id), state)
  unmountBelow(store.directory(id))
  for (const container of containers) await removeCgroups(container.cgroups)
  await removeCgroups(state.cgroups ?? [])
  store.removeSandbox(id)
  // Last: what an id no longer leads to, no delete would find.
  for (const container of containers) store.release(container.id)
}

/** As `destroySandbox`, for one whose create failed or died: also what it started and did not record. */
export async function destroyUnfinished(services: VmServices, id: string): Promise<void> {
  const directory = services.store.directory(id)
  // Again until none is there: one that was about to become two when it died is found as the second.
  for (let strays = strayProcesses(directory); strays.length > 0; strays = strayProcesses(directory))
    for (const stray of strays) await endProcess(stray)
  await destroySandbox(services, id)
}

/** Ends the machine's processes and keeps its records: its containers count as stopped from now on. */
export async function endMachine(state: SandboxState): Promise<void> {
  if (state.machine) await killAndWait(state.machine.process)
  for (const server of state.shareServers ?? []) await endProcess(server)
  await endProcess(state.relay)
}

export async function endProcess(identity: ProcessIdentity | undefined): Promise<void> {
  if (identity && isAlive(identity)) await killAndWait(identity)
}

/** A namespace of our own goes with its mount; in another's, the taps are ours. */
async function freeNetwork(record: SandboxRecord | undefined, state: SandboxState): Promise<void> {
  if (!record?.networkNamespace || record.ownsNetworkNamespace || state.taps.length === 0) return
  await new SandboxNetwork(record.networkNamespace).free(state.taps)
}

function findRecord(services: VmServices, id: string): SandboxRecord | undefined {
  try {
    return services.store.sandbox(id)
  } catch (error) {
    if (hasCode(error, 'ERR_OCI_CTR_UNKNOWN')) return undefined
    throw error
  }
}
