import {randomBytes} from 'node:crypto'
import {type PodConfig, type PodNamespace, podConfigVersion} from '../../libpod/define/pod.ts'
import {rfc3339Now} from '../../libpod/define/time.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {checkName, refuse, refuseArgument} from '../../specgen/index.ts'
import {restartOf} from '../create-options/lifecycle-options.ts'
import type {OptionContext} from '../create-options/option-context.ts'
import {specServices} from '../create-options/spec-services.ts'
import type {PodCreateOptions} from './create-flags.ts'
import {infraRequest} from './infra-config.ts'
import {podResources} from './pod-resources.ts'

const PARENT = '/libpod_parent'
const kinds: readonly PodNamespace[] = ['cgroup', 'ipc', 'net', 'pid', 'user', 'uts']

/** The pod that the options ask for, with an id of its own. @throws ERR_REFUSED in podman's words */
export function podConfig(
  runtime: Runtime,
  given: PodCreateOptions,
  context: OptionContext,
  {name, createCommand}: {readonly name: string; readonly createCommand?: readonly string[]},
): PodConfig {
  const id = newPodID()
  const request = infraRequest(given, context)
  const resources = podResources(request, specServices(runtime, context))
  if (resources && !given['share-parent']) refuse('limits of a pod are those of its cgroup: give --share-parent too')
  return {
    ...{version: podConfigVersion, id, name, createdAt: rfc3339Now(), labels: request.labels ?? {}},
    ...(createCommand && {createCommand}),
    ...(given.infra && {infraID: newPodID()}),
    shared: given.infra ? sharedNamespaces(given, request.userns) : [],
    exitPolicy: exitPolicyOf(given['exit-policy'] ?? runtime.config.engine.podExitPolicy),
    hostname: given.hostname ? checkName(given.hostname, 'running pod create option: ') : '',
    ...cgroupOf(given['cgroup-parent'], given['share-parent'], id),
    ...(given.restart !== undefined && {
      restartPolicy: {given: true, maximumRetries: 0, ...restartOf(given.restart)} as PodConfig['restartPolicy'],
    }),
    ...(resources && {resources}),
  }
}

/** 64 hex digits. */
export function newPodID(): string {
  return randomBytes(32).toString('hex')
}

export function cgroupOf(
  parent: string | undefined,
  isShared: boolean,
  id: string,
): Pick<PodConfig, 'cgroupParent' | 'cgroupPath'> {
  const cgroupParent = parent ?? PARENT
  return {cgroupParent, cgroupPath: isShared ? `${cgroupParent}/${id}` : ''}
}

/** A pod with ids of its own shares them: the namespaces of its other kinds belong to them. */
function sharedNamespaces(given: PodCreateOptions, userns = 'host'): readonly PodNamespace[] {
  const words = given.share.split(',').filter((word) => word !== '' && word !== 'none')
  const unknown = words.find((word) => !kinds.some((kind) => kind === word))
  if (unknown) refuse(`invalid kernel namespace to share: ${unknown}. Options are: cgroup, ipc, net, pid, uts or none`)
  if (words.includes('cgroup') && given['share-parent'])
    refuseArgument(
      "cannot define the pod as the cgroup parent at the same time as joining the infra container's cgroupNS",
    )
  const mapped = [given.uidmap, given.gidmap].some((maps) => maps.length > 0) || userns !== 'host'
  const named = given.subuidname !== undefined || given.subgidname !== undefined
  const shared = (mapped || named) && !words.includes('user') ? [...words, 'user'] : words
  return shared as PodNamespace[]
}

function exitPolicyOf(word: string): PodConfig['exitPolicy'] {
  if (word === 'continue' || word === 'stop') return word
  return refuse(`running pod create option: invalid pod exit policy: ${JSON.stringify(word)}`)
}
