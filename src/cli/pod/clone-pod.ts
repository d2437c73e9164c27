import {randomBytes} from 'node:crypto'
import {cloneConfig, cloneName} from '../../libpod/define/clone-config.ts'
import type {ContainerConfig} from '../../libpod/define/container-config.ts'
import type {PodConfig} from '../../libpod/define/pod.ts'
import {rfc3339Now} from '../../libpod/define/time.ts'
import type {Pod} from '../../libpod/pod/index.ts'
import type {Runtime} from '../../libpod/runtime.ts'
import {checkName} from '../../specgen/index.ts'
import type {OptionContext} from '../create-options/option-context.ts'
import {changedInfra} from './changed-infra.ts'
import type {PodCreateOptions} from './create-flags.ts'
import {infraConfig} from './infra-config.ts'
import {cgroupOf, podConfig} from './pod-config.ts'

/** Makes a pod like another one, with copies of its containers; the options given change the pod. Nothing is started. */
export async function clonePod(
  runtime: Runtime,
  original: Pod,
  given: PodCreateOptions,
  context: OptionContext,
): Promise<Pod> {
  const isTaken = (name: string) => runtime.pods.find(name) !== undefined || runtime.containers.exists(name)
  const name =
    given.name === undefined ? cloneName(original.name, isTaken) : checkName(given.name, 'running pod create option: ')
  const asked = podConfig(runtime, given, context, {name})
  const config = clonedPod(original.config, asked, context)
  const members = original.members().map(({id}) => runtime.containers.get(id).config)
  const ids = new Map(members.map(({id, isInfra}) => [id, isInfra ? config.infraID : newID()] as [string, string]))
  const copies = members.map((member) => copyOf(member, {ids, pod: config, original: original.config, isTaken}))
  const infra = copies.find(({isInfra}) => isInfra)
  const changed = infra && changedInfra(infra, await infraConfig(runtime, given, context, config), context.changed)
  const pod = await runtime.pods.create(config, {infra: changed})
  try {
    for (const copy of copies) if (!copy.isInfra) await runtime.createContainer(inNamespacesOf(changed, copy))
  } catch (error) {
    await pod.remove({force: true})
    throw error
  }
  return pod
}

function clonedPod(original: PodConfig, asked: PodConfig, {changed}: OptionContext): PodConfig {
  const {createCommand: _, infraID, ...kept} = original
  const parent = changed('cgroup-parent') ? asked.cgroupParent : original.cgroupParent || undefined
  const resources = {...original.resources, ...asked.resources}
  return {
    ...kept,
    shared: [...new Set([...original.shared, ...(asked.shared.includes('user') ? ['user' as const] : [])])],
    ...{id: asked.id, name: asked.name, createdAt: asked.createdAt, labels: {...original.labels, ...asked.labels}},
    ...(infraID !== undefined && {infraID: asked.infraID}),
    ...cgroupOf(parent, original.cgroupPath !== '', asked.id),
    ...(changed('hostname') && {hostname: asked.hostname}),
    ...(asked.restartPolicy && {restartPolicy: asked.restartPolicy}),
    ...(Object.keys(resources).length > 0 && {resources}),
  }
}

interface CopyPlan {
  /** The copy's id by the original's. */
  readonly ids: ReadonlyMap<string, string>
  readonly pod: PodConfig
  readonly original: PodConfig
  isTaken(name: string): boolean
}

/** What speaks of the original pod's containers speaks of the copies then. */
function copyOf(member: ContainerConfig, {ids, pod, original, isTaken}: CopyPlan): ContainerConfig {
  const name = cloneName(member.name, isTaken)
  const {cidFile: _, pidFile: __, conmonPidFile: ___, ...copy} = cloneConfig(member, {name, createdAt: rfc3339Now()})
  const text = JSON.stringify({...copy, id: ids.get(member.id), pod: pod.id})
  const renamed = [...ids].reduce((found, [from, to]) => found.replaceAll(from, to), text)
  const config = JSON.parse(renamed) as ContainerConfig
  const isPodName = member.hostname.requested === original.name
  const {parent} = config.cgroup
  return {
    ...config,
    cgroup: {...config.cgroup, parent: parent === original.cgroupPath ? pod.cgroupPath : parent},
    ...(member.isInfra && isPodName && {hostname: {...config.hostname, requested: pod.name, effective: pod.name}}),
  }
}

/** Where the pod got ids of its own, its containers have the same. */
function inNamespacesOf(infra: ContainerConfig | undefined, copy: ContainerConfig): ContainerConfig {
  if (infra?.namespaces.user.mode !== 'private') return copy
  const {uidMap, gidMap} = infra.namespaces.user
  return {
    ...copy,
    namespaces: {...copy.namespaces, user: {mode: 'container', container: infra.id, uidMap, gidMap}},
    dependencies: [...new Set([...copy.dependencies, infra.id])],
  }
}

function newID(): string {
  return randomBytes(32).toString('hex')
}
