import type {PodConfig, PodNamespace, PodStatus} from '../libpod/define/pod.ts'
import type {ContainerRequest} from './container-request.ts'
import {refuse} from './refuse.ts'
import type {SpecServices} from './services.ts'

/**
 * The request of a container that joins a pod: namespaces that the pod shares are its infra container's unless the request
 * names others, its cgroup lies in the pod's, and what the pod mounts and its devices are there too.
 * @throws ERR_REFUSED in podman's words for what only the pod itself may decide
 */
export function joinPod(
  request: ContainerRequest,
  found: {readonly config: PodConfig; status(): PodStatus},
  containers: SpecServices['containers'],
): ContainerRequest {
  const {config: pod} = found
  const {infraID, shared} = pod
  if (request.initContainer && found.status() === 'Running') refuse('cannot add init-ctr to a running pod')
  const ofPod = (kind: PodNamespace) =>
    infraID !== undefined && shared.includes(kind) ? `container:${infraID}` : undefined
  if (ofPod('net') && (request.ports?.length || request.publishAll))
    refuse(
      'invalid config provided: published or exposed ports must be defined when the pod is created: network cannot be configured when it is shared with a pod',
    )
  const network = ofPod('net')
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
    ...(network && request.network === undefined ? {network: {mode: network}} : {}),
    ...(pod.cgroupPath !== '' && request.cgroupParent === undefined ? {cgroupParent: pod.cgroupPath} : {}),
    ...(pod.restartPolicy && request.restart === undefined ? {restart: pod.restartPolicy} : {}),
    annotations: {...sandboxAnnotations('container', infraID), ...request.annotations},
  }
}

/** Tells a runtime of virtual machines that a container belongs into its pod's: CRI-O's keys, which Kata reads. */
export function sandboxAnnotations(
  type: 'container' | 'sandbox',
  infraID: string | undefined,
): Readonly<Record<string, string>> {
  if (infraID === undefined) return {}
  return {'io.kubernetes.cri-o.ContainerType': type, 'io.kubernetes.cri-o.SandboxID': infraID}
}
