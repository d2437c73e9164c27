import type {Namespace} from '../../oci/types/runtime-spec.ts'
import type {VmStore} from '../persist/vm-store.ts'

/**
 * The guest's path of a namespace that config.json names by a path of the host. The host knows a container of the machine by
 * its relay's pid; a namespace it cannot place that way (pinned in a file by CRI-O) is the sandbox container's. In a new
 * sandbox there is nobody to join yet: it gets a namespace of its own, which later containers name by its path.
 */
export function guestNamespacePath(store: VmStore, sandbox: string, namespace: Namespace): string | undefined {
  const pid = /^\/proc\/(\d+)\/ns\/\w+$/.exec(namespace.path ?? '')?.[1]
  const members = store
    .containersOf(sandbox)
    .map((record) => ({record, state: store.containerState(sandbox, record.id)}))
  const named = members.find(({state}) => pid !== undefined && state?.relay?.pid === Number(pid))
  const owner = named ?? members.find(({record}) => record.kind === 'sandbox')
  const guestPid = owner?.state?.guestPid
  return guestPid === undefined ? undefined : `/proc/${guestPid}/ns/${fileOf(namespace)}`
}

/** @see namespaces(7): names of the files in /proc/pid/ns */
function fileOf({type}: Namespace): string {
  const names: Partial<Record<Namespace['type'], string>> = {mount: 'mnt', network: 'net'}
  return names[type] ?? type
}
