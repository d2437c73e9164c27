import type {PodConfig, PodNamespace, PodStatus} from '../libpod/define/pod.ts'
import type {ContainerRequest} from './container-request.ts'
import {refuse, refuseArgument} from './refuse.ts'
import type {SpecServices} from './services.ts'

/**
 * The request of a container that joins a pod: namespaces that the pod shares are its infra container's unless the request
 * names others, its cgroup lies in the pod's, and what the pod mounts and its devices are there too.
 * @throws ERR_REFUSED in podman's words for what only the pod itself may decide
 */
export function joinPod(
  request: ContainerRequest,
  found: {readonly config: PodConfig; status(): PodStatus},
  {containers, warn}: Pick<SpecServices, 'containers' | 'warn'>,
): ContainerRequest {
  const {config: pod} = found
  const {infraID, shared} = pod
  if (request.initContainer && ['Running', 'Degraded'].includes(found.status()))
    refuse('cannot add init-ctr to a running pod')
  if (infraID !== undefined && [request.uidMap, request.gidMap].some((map) => map && map.length > 0))
    refuseArgument('cannot specify a new uid/gid map when entering a pod with an infra container')
  const ofPod = (kind: PodNamespace) =>
    infraID !== undefined && shared.includes(kind) ? `container:${infraID}` : undefined
  const network = ofPod('net')
  if (network && (request.network === undefined || request.network.isUnnamed)) checkNetworkOfPod(request)
  if (request.hostname && request.utsns === undefined && ofPod('uts'))
    refuse('invalid config provided: cannot set hostname when joining the pod UTS namespace: invalid configuration')
  const hasOwnNames = [request.dnsServers, request.dnsSearches, request.dnsOptions].some((words) => words?.length)
  const usesPodNames = network !== undefined && request.network === undefined
  if (usesPodNames && hasOwnNames) warn('options of --dns have no effect: the container has the resolv.conf of its pod')
  const infra = infraID === undefined ? undefined : containers.lookup(infraID).config
  return {
    ...request,
    pod: pod.id,
    podMounts: infra?.mounts,
    devices: [...(request.devices ?? []), ...(infra?.devices ?? [])],
    cdiDevices: [...(request.cdiDevices ?? []), ...(infra?.cdiDevices ?? [])],
    pidns: request.pidns ?? ofPod('pid'),
    ipcns: request.ipcns ?? ofPod('ipc'),
    utsns: request.utsns ?? ofPod('uts'),
    cgroupns: request.cgroupns ?? ofPod('cgroup'),
    userns: request.userns ?? ofPod('user'),
    ...(usesPodNames && {network: {mode: network}, dnsServers: [], dnsSearches: [], dnsOptions: []}),
    ...(pod.cgroupPath !== '' && request.cgroupParent === undefined ? {cgroupParent: pod.cgroupPath} : {}),
    ...(pod.restartPolicy && request.restart === undefined ? {restart: pod.restartPolicy} : {}),
    annotations: {...sandboxAnnotations('container', infraID), ...request.annotations},
  }
}

/** What belongs to the network namespace cannot be asked for by one of those in it. */
function checkNetworkOfPod({ports = [], publishAll, network, extraHosts = []}: ContainerRequest): void {
  const whenMade = 'be defined when the pod is created'
  if (ports.length > 0 || publishAll) refuseShared(`published or exposed ports must ${whenMade}`)
  if (network?.isUnnamed) refuseShared(`networks must ${whenMade}`)
  if (extraHosts.length > 0) refuseShared('extra host entries must be specified on the pod')
}

function refuseShared(what: string): never {
  return refuse(`invalid config provided: ${what}: network cannot be configured when it is shared with a pod`)
}

/** Tells a runtime of virtual machines that a container belongs into its pod's: CRI-O's keys, which Kata reads. */
export function sandboxAnnotations(
  type: 'container' | 'sandbox',
  infraID: string | undefined,
): Readonly<Record<string, string>> {
  if (infraID === undefined) return {}
  return {'io.kubernetes.cri-o.ContainerType': type, 'io.kubernetes.cri-o.SandboxID': infraID}
}
