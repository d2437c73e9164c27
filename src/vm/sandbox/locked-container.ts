import {EngineError} from '../../errors/index.ts'
import type {State} from '../../oci/types/runtime-spec.ts'
import type {ContainerRecord, ContainerState} from '../persist/records.ts'
import {statusOf} from './oci-state.ts'
import type {VmServices} from './services.ts'

/** A container under its sandbox's lock. Dispose to release. */
export interface LockedContainer extends Disposable {
  readonly record: ContainerRecord
  readonly state: ContainerState
  /** As it is now: the record of one whose process ended is moved to stopped first. */
  readonly status: State['status']
}

/** @throws ERR_OCI_CTR_UNKNOWN, also when it went while we waited */
export async function lockContainer(services: VmServices, id: string): Promise<LockedContainer> {
  const {store} = services
  const sandbox = store.sandboxOf(id)
  const lock = await store.lockExisting(sandbox)
  if (!lock) throw new EngineError('ERR_OCI_CTR_UNKNOWN', id)
  try {
    const record = store.findContainer(sandbox, id)
    const state = store.containerState(sandbox, id)
    if (!record || !state) throw new EngineError('ERR_OCI_CTR_UNKNOWN', id)
    const status = statusOf(state)
    const synced: ContainerState = status === 'stopped' ? {...state, status: 'stopped', paused: false} : state
    if (synced.status !== state.status) store.saveContainerState(sandbox, id, synced)
    return {record, state: synced, status, [Symbol.dispose]: () => lock[Symbol.dispose]()}
  } catch (error) {
    lock.release()
    throw error
  }
}
