import {join} from 'node:path'
import {EngineError, hasCode} from '../../errors/index.ts'
import type {Agent} from '../agent/agent.ts'
import type {ContainerRecord} from '../persist/records.ts'
import {guestPaths} from '../share/guest-paths.ts'
import {unmountBelow} from '../share/share-directory.ts'
import {removeCgroups} from './cgroup.ts'
import {destroySandbox, destroyUnfinished, endMachine, endProcess} from './destroy-sandbox.ts'
import {runHooks} from './hooks.ts'
import {openSandbox} from './live-sandbox.ts'
import {hookState, statusOf} from './oci-state.ts'
import type {VmServices} from './services.ts'

/** A command that hangs with the guest would keep its lock: `--force` then ends the machine, and so the command. */
const FORCE_WAIT_MS = 5000

export interface DeleteOptions {
  readonly force: boolean
}

/**
 * Removes a container that is not running; with `force` also one that is, and one that is not there is success then. The
 * last container takes its machine with it. A sandbox goes after its containers; with `force` its machine ends, and they
 * stop.
 * @throws ERR_OCI_CTR_UNKNOWN; ERR_OCI_STATE when it runs or has containers
 */
export async function deleteContainer(services: VmServices, id: string, {force}: DeleteOptions): Promise<void> {
  const {store} = services
  let sandbox: string
  try {
    sandbox = store.sandboxOf(id)
  } catch (error) {
    if (force && hasCode(error, 'ERR_OCI_CTR_UNKNOWN')) return
    throw error
  }
  using _lock = force ? await lockByForce(services, sandbox) : await store.lock(sandbox)
  const record = store.findContainer(sandbox, id)
  if (!record) return removeUnfinished(services, id, sandbox)
  if (!force) requireDeletable(services, record)
  await removeContainer(services, record)
  await runHooks('poststop', record.hooks.poststop, hookState(record, 'stopped', 0)).catch((error) =>
    services.warn((error as Error).message),
  )
}

function requireDeletable({store}: VmServices, {id, kind, sandbox}: ContainerRecord): void {
  const status = statusOf(store.containerState(sandbox, id))
  if (status === 'running' || status === 'paused' || status === 'creating')
    throw new EngineError('ERR_OCI_STATE', `cannot delete container ${id} that is not stopped: ${status}`)
  const others = store.containersOf(sandbox).filter((other) => other.id !== id)
  if (kind === 'sandbox' && others.length > 0)
    throw new EngineError('ERR_OCI_STATE', `cannot delete sandbox ${id}: it still has container ${others[0]?.id}`)
}

async function removeContainer(services: VmServices, record: ContainerRecord): Promise<void> {
  const {store} = services
  const others = store.containersOf(record.sandbox).filter((other) => other.id !== record.id)
  if (others.length === 0) {
    await flushDisks(services, record)
    const complete = store.containerState(record.sandbox, record.id) !== undefined
    return complete ? destroySandbox(services, record.sandbox) : destroyUnfinished(services, record.sandbox)
  }
  if (record.kind === 'sandbox') await endSandbox(services, record.sandbox)
  else await leaveMachine(services, record)
  await endProcess(store.containerState(record.sandbox, record.id)?.relay)
  unmountBelow(join(store.shareDirectory(record.sandbox), record.id))
  await removeCgroups(record.cgroups)
  store.removeShare(record.sandbox, record.id)
  store.removeContainer(record.sandbox, record.id)
}

/** What the guest wrote to a disk of the container is in its memory until it unmounts. */
async function flushDisks(services: VmServices, record: ContainerRecord): Promise<void> {
  if (record.devices.length === 0) return
  try {
    using sandbox = await openSandbox(services, record.sandbox)
    await sandbox.agent.request('delete', {container: record.id, force: true})
  } catch (error) {
    services.warn(`container ${record.id}: ${(error as Error).message}`)
  }
}

async function endSandbox(services: VmServices, id: string): Promise<void> {
  const state = services.store.sandboxState(id)
  await endMachine(state)
  services.store.saveSandboxState(id, {...state, status: 'stopped'})
}

/** Takes one container out of a machine that goes on. A machine that is gone holds nothing any more. */
async function leaveMachine(services: VmServices, record: ContainerRecord): Promise<void> {
  try {
    using sandbox = await openSandbox(services, record.sandbox)
    await sandbox.agent.request('delete', {container: record.id, force: true})
    await forgetShare(services, sandbox.agent, record)
    for (const device of record.devices) await sandbox.machine.removeDevice(device)
    const state = services.store.sandboxState(record.sandbox)
    services.store.saveSandboxState(record.sandbox, {...state, machine: sandbox.machine.record})
  } catch (error) {
    if (!hasCode(error, 'ERR_VM_GONE', 'ERR_OCI_CTR_UNKNOWN')) throw error
  }
}

/** An id without a record: its create died, or is at work and then holds the lock that we have. */
async function removeUnfinished(services: VmServices, id: string, sandbox: string): Promise<void> {
  if (services.store.containersOf(sandbox).length === 0) await destroyUnfinished(services, sandbox)
  services.store.release(id)
}

/**
 * The guest sees each mount of the share as a file system of its own, and holds what it looked at until it unmounts that:
 * the host's mount would stay in use.
 */
async function forgetShare({store}: VmServices, agent: Agent, {id, sandbox}: ContainerRecord): Promise<void> {
  const targets = store.shareNames(sandbox, id).map((name) => join(guestPaths.share, id, name))
  await agent.request('unmount', {targets})
}

async function lockByForce(services: VmServices, sandbox: string) {
  const {store} = services
  for (const deadline = Date.now() + FORCE_WAIT_MS; Date.now() < deadline; ) {
    const lock = store.tryLock(sandbox)
    if (lock) return lock
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await endMachine(store.sandboxState(sandbox))
  return store.lock(sandbox)
}
