import {isAlive} from '../../host/index.ts'
import type {State} from '../../oci/types/runtime-spec.ts'
import type {ContainerRecord, ContainerState} from '../persist/records.ts'
import type {VmServices} from './services.ts'

/** What `state` prints: the spec's fields, and runc's besides, which its callers read. */
export interface ContainerSummary extends State {
  readonly pid: number
  readonly rootfs: string
  readonly created: string
  readonly owner: string
}

/**
 * A container as it is now. The process that stands for it is the truth: when it is gone, so is the container, whatever
 * its record says. Takes no lock.
 * @throws ERR_OCI_CTR_UNKNOWN
 */
export function ociState(services: VmServices, id: string): ContainerSummary {
  const {store} = services
  const sandbox = store.sandboxOf(id)
  const record = store.findContainer(sandbox, id)
  if (!record) return creating(id)
  const state = store.containerState(sandbox, id)
  const status = statusOf(state)
  const pid = status === 'stopped' ? 0 : (state?.relay?.pid ?? 0)
  return summary(record, status, pid)
}

/** The spec's word for it. */
export function statusOf(state: ContainerState | undefined): State['status'] {
  if (!state?.relay) return 'creating'
  if (state.status === 'stopped' || !isAlive(state.relay)) return 'stopped'
  if (state.status === 'ready') return 'created'
  return state.paused ? 'paused' : 'running'
}

function summary(record: ContainerRecord, status: State['status'], pid: number): ContainerSummary {
  const {ociVersion, id, bundle, rootfs, createdAt: created, owner, annotations} = record
  return {ociVersion, id, pid, status, bundle, rootfs, created, annotations: {...annotations}, owner}
}

/** Its id is taken, its record is not there yet. */
function creating(id: string): ContainerSummary {
  return {ociVersion: '1.0.2', id, pid: 0, status: 'creating', bundle: '', rootfs: '', created: '', owner: ''}
}

/** The state as hooks get it. */
export function hookState(record: ContainerRecord, status: State['status'], pid: number): State {
  const {ociVersion, id, bundle, annotations} = record
  return {ociVersion, id, status, ...(pid > 0 ? {pid} : {}), bundle, annotations: {...annotations}}
}
