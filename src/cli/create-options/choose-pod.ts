import type {Runtime} from '../../libpod/runtime.ts'
import {type ContainerRequest, refuse} from '../../specgen/index.ts'
import {readPodIDFile} from '../pod/pod-id-file.ts'
import type {CreateOptions} from './create-flags.ts'
import type {OptionContext} from './option-context.ts'

/** Options that are about the network of the whole pod when the container makes it (`--pod new:NAME`). */
const OF_THE_POD = [
  ...['add-host', 'dns', 'dns-option', 'dns-search', 'hosts-file', 'ip', 'ip6', 'mac-address', 'network'],
  ...['network-alias', 'no-hosts', 'publish', 'hostname'],
] as const

/**
 * The request with the pod that `--pod` or `--pod-id-file` names; `new:NAME` makes one, which takes the network's options
 * over from the container.
 */
export async function choosePod(
  runtime: Runtime,
  request: ContainerRequest,
  call: {
    readonly given: CreateOptions
    readonly context: OptionContext
    readonly createCommand: readonly string[]
  },
): Promise<ContainerRequest> {
  const {pod, 'pod-id-file': file} = call.given
  if (pod !== undefined && !pod.startsWith('new:') && call.context.changed('userns'))
    refuse('--userns and --pod cannot be set together')
  if (file !== undefined) {
    if (pod !== undefined) refuse('cannot specify both --pod and --pod-id-file')
    return {...request, pod: readPodIDFile(file)}
  }
  if (!pod?.startsWith('new:')) return request
  const name = pod.slice('new:'.length)
  if (name === '') refuse('new pod name must be at least one character')
  const {createPod} = await import('../pod/create-pod.ts')
  const {podDefaults} = await import('../pod/create-flags.ts')
  const chosen = Object.fromEntries(OF_THE_POD.map((option) => [option, call.given[option]]))
  const created = await createPod(runtime, {...podDefaults(), ...chosen, name}, call.context, call.createCommand)
  return {...withoutNetwork(request), pod: created.id}
}

function withoutNetwork(request: ContainerRequest): ContainerRequest {
  const none = {ports: undefined, publishAll: undefined, network: undefined, hostname: undefined, extraHosts: undefined}
  return {...request, ...none, dnsServers: undefined, dnsSearches: undefined, dnsOptions: undefined}
}
