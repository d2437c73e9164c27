import {randomBytes} from 'node:crypto'
import {existsSync} from 'node:fs'
import {writeFileAtomic} from '../../host/index.ts'
import type {PodConfig, PodNamespace} from '../../libpod/define/pod.ts'
import {podConfigVersion} from '../../libpod/define/pod.ts'
import {rfc3339Now} from '../../libpod/define/time.ts'
import type {Pod} from '../../libpod/pod/index.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {type ContainerRequest, checkName, generateContainer, refuse, sandboxAnnotations} from '../../specgen/index.ts'
import {type CreateOptions, containerRequest, createFlags} from '../create-options/create-flags.ts'
import {restartOf} from '../create-options/lifecycle-options.ts'
import type {OptionContext} from '../create-options/option-context.ts'
import {specServices} from '../create-options/spec-services.ts'
import {infraFlags, type PodCreateOptions} from './create-flags.ts'
import {podResources} from './pod-resources.ts'
import {underFreeName} from './under-free-name.ts'

const PARENT = '/libpod_parent'
const kinds: readonly PodNamespace[] = ['cgroup', 'ipc', 'net', 'pid', 'user', 'uts']

/** Makes the pod that a `pod create` command line asks for, with its infra container. */
export async function createPod(
  runtime: Runtime,
  given: PodCreateOptions,
  context: OptionContext,
  createCommand: readonly string[],
): Promise<Pod> {
  checkOptions(given, context)
  const asked = given.name === undefined ? undefined : checkName(given.name)
  if (given.replace && asked !== undefined) await runtime.pods.find(asked)?.remove({force: true})
  const resources = podResources(given)
  const pod = await underFreeName(
    asked,
    () => runtime.generateName(),
    async (name) => {
      const config = podConfig(runtime, given, context, {name, createCommand})
      const infra = given.infra ? await infraConfig(runtime, given, context, config) : undefined
      return runtime.pods.create(config, {infra, resources})
    },
  )
  if (given['pod-id-file'] !== undefined) writeFileAtomic(given['pod-id-file'], pod.id, {mode: 0o644, durable: false})
  return pod
}

function podConfig(
  runtime: Runtime,
  given: PodCreateOptions,
  context: OptionContext,
  {name, createCommand}: {readonly name: string; readonly createCommand: readonly string[]},
): PodConfig {
  const id = randomBytes(32).toString('hex')
  const labels = containerRequest(optionsOf(given), ['unused'], context).labels ?? {}
  return {
    ...{version: podConfigVersion, id, name, createdAt: rfc3339Now(), labels, createCommand},
    ...(given.infra && {infraID: randomBytes(32).toString('hex')}),
    shared: given.infra ? sharedNamespaces(given.share) : [],
    exitPolicy: exitPolicyOf(given['exit-policy'] ?? runtime.config.engine.podExitPolicy),
    hostname: given.hostname ?? '',
    ...cgroupOf(given, id),
    ...(given.restart !== undefined && {
      restartPolicy: {given: true, maximumRetries: 0, ...restartOf(given.restart)} as PodConfig['restartPolicy'],
    }),
  }
}

function checkOptions(given: PodCreateOptions, {changed}: OptionContext): void {
  const infraOnly = [
    'infra-command',
    'infra-image',
    'infra-name',
    'publish',
    'network',
    'ip',
    'dns',
    'add-host',
  ] as const
  const clash = given.infra ? undefined : infraOnly.find((name) => changed(name))
  if (clash) refuse(`cannot set --${clash} without an infra container`)
  if (given['pod-id-file'] !== undefined && existsSync(given['pod-id-file']))
    refuse(`pod id file exists. Ensure another pod is not using it or delete ${given['pod-id-file']}`)
  if (given.replace && given.name === undefined) refuse('cannot replace pod without --name being set')
}

function sharedNamespaces(text: string): readonly PodNamespace[] {
  const words = text.split(',').filter((word) => word !== '' && word !== 'none')
  const unknown = words.find((word) => !kinds.some((kind) => kind === word))
  if (unknown) refuse(`unrecognized namespace ${unknown} passed to --share`)
  if (words.includes('user'))
    refuse('sharing a user namespace in a pod is not supported: give its containers --userns container:INFRA')
  return words as PodNamespace[]
}

function exitPolicyOf(word: string): PodConfig['exitPolicy'] {
  return word === 'continue' || word === 'stop' ? word : refuse(`invalid pod exit policy: ${JSON.stringify(word)}`)
}

function cgroupOf(given: PodCreateOptions, id: string): Pick<PodConfig, 'cgroupParent' | 'cgroupPath'> {
  const cgroupParent = given['cgroup-parent'] ?? PARENT
  return {cgroupParent, cgroupPath: given['share-parent'] ? `${cgroupParent}/${id}` : ''}
}

/** The infra container: the pod's options, in an image that does nothing. */
async function infraConfig(runtime: Runtime, given: PodCreateOptions, context: OptionContext, pod: PodConfig) {
  const image = given['infra-image'] ?? (await runtime.infraImage()).names[0] ?? ''
  const command = given['infra-command']?.split(/\s+/).filter(Boolean)
  const request: ContainerRequest = {
    ...containerRequest(optionsOf(given), [image], context),
    name: given['infra-name'] ?? `${pod.id.slice(0, 12)}-infra`,
    hostname: pod.hostname || (pod.shared.includes('uts') ? pod.name : undefined),
    ...(command && {entrypoint: [], command}),
    ...(pod.cgroupPath !== '' && {cgroupParent: pod.cgroupPath}),
    labels: {},
    resources: undefined,
    conmonPidFile: given['infra-conmon-pidfile'],
    annotations: sandboxAnnotations('sandbox', pod.infraID),
  }
  const services = specServices(runtime, context)
  const config = generateContainer(request, {...services, generateID: () => pod.infraID ?? ''})
  return {...config, isInfra: true, pod: pod.id}
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
