import type {ContainerConfig} from '../../libpod/define/container-config.ts'
import type {PodConfig} from '../../libpod/define/pod.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {type ContainerRequest, generateContainer, refuse, sandboxAnnotations} from '../../specgen/index.ts'
import {type CreateOptions, containerRequest, createFlags} from '../create-options/create-flags.ts'
import type {OptionContext} from '../create-options/option-context.ts'
import {specServices} from '../create-options/spec-services.ts'
import {infraFlags, type PodCreateOptions} from './create-flags.ts'

/** The infra container: the pod's options, in an image that does nothing. */
export async function infraConfig(
  runtime: Runtime,
  given: PodCreateOptions,
  context: OptionContext,
  pod: PodConfig,
): Promise<ContainerConfig> {
  const {engine} = runtime.config
  const own = given['infra-image'] ?? (engine.infraImage || undefined)
  const image = own ?? (await runtime.infraImage()).names[0] ?? ''
  // The image made here runs nothing else.
  const command = (given['infra-command'] ?? (own && engine.infraCommand))?.split(/\s+/).filter(Boolean)
  const asked = infraRequest(given, context, image)
  checkNetwork(asked)
  const request: ContainerRequest = {
    ...asked,
    name: given['infra-name'] ?? `${pod.id.slice(0, 12)}-infra`,
    hostname: pod.hostname || (pod.shared.includes('uts') && given.uts !== 'host' ? pod.name : undefined),
    ...(command && {entrypoint: [], command}),
    ...(pod.cgroupPath !== '' && {cgroupParent: pod.cgroupPath}),
    labels: {},
    resources: undefined,
    conmonPidFile: given['infra-conmon-pidfile'],
    annotations: sandboxAnnotations('sandbox', pod.infraID),
  }
  const services = specServices(runtime, context)
  const config = generateContainer(request, {...services, generateID: () => pod.infraID ?? ''})
  return {...(given['infra-image'] === undefined ? onlyCatatonit(config) : config), isInfra: true, pod: pod.id}
}

function checkNetwork({network, ports = []}: ContainerRequest): void {
  const [mode = ''] = network?.mode.split(':') ?? []
  if (mode === 'container') refuse('pods presently do not support network mode container')
  if (mode === 'ns') refuse('pods presently do not support network mode path')
  if (ports.length > 0 && ['host', 'none'].includes(mode))
    refuse('PortMappings can only be used with Bridge or slirp4netns networking')
}

/** In an image of one program of the host's no other can be run. */
function onlyCatatonit(config: ContainerConfig): ContainerConfig {
  return {...config, security: {...config.security, nativeOnly: true}}
}

/** What the pod's options ask for, as of a container. */
export function infraRequest(given: PodCreateOptions, context: OptionContext, image = 'unused'): ContainerRequest {
  return containerRequest(optionsOf(given), [image], context)
}

/** The options of `create`, all at their defaults but for those that pods have too. */
function optionsOf(given: PodCreateOptions): CreateOptions {
  const defaults = Object.entries(createFlags).map(([name, flag]) => [
    name,
    (flag as {readonly default?: unknown}).default,
  ])
  const own = Object.keys(infraFlags).filter((name) => name !== 'cgroup-parent')
  const chosen = own.map((name) => [name, given[name as keyof PodCreateOptions]])
  return {...Object.fromEntries(defaults), ...Object.fromEntries(chosen)} as CreateOptions
}
