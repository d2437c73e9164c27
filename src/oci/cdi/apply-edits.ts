import {statSync} from 'node:fs'
import {EngineError} from '../../errors/index.ts'
import {deviceNumbers} from '../spec/index.ts'
import type {Device, DeviceCgroup, Hooks, Linux, Mount, Spec} from '../types/runtime-spec.ts'
import type {CdiMount, ContainerEdits, DeviceNode} from './cdi-spec.ts'

/** A config.json with what devices ask for. @throws ERR_CDI_DEVICE for a device node that the host does not have */
export function applyEdits(spec: Spec, all: readonly ContainerEdits[]): Spec {
  return all.reduce(applyOne, spec)
}

function applyOne(spec: Spec, edits: ContainerEdits): Spec {
  const {process, linux = {}, mounts = [], hooks = {}} = spec
  const {env = [], deviceNodes = [], hooks: added = [], additionalGids = []} = edits
  return {
    ...spec,
    ...(process && {
      process: {
        ...process,
        env: withVariables(process.env ?? [], env),
        user: {...process.user, additionalGids: withGroups(process.user.additionalGids ?? [], additionalGids)},
      },
    }),
    mounts: withMounts(mounts, edits.mounts ?? []),
    linux: {...withNodes(linux, deviceNodes, spec), ...(edits.intelRdt && {intelRdt: edits.intelRdt})},
    ...(Object.keys(hooks).length + added.length > 0 && {hooks: withHooks(hooks, added)}),
  }
}

/** A variable that is there already gets the new value in its place. */
function withVariables(before: readonly string[], added: readonly string[]): string[] {
  const entries = new Map([...before, ...added].map((entry) => [entry.split('=', 1)[0], entry]))
  return [...entries.values()]
}

/** Group 0 is that of every container's files: no device is to give it. */
function withGroups(before: readonly number[], added: readonly number[]): number[] {
  return [...new Set([...before, ...added.filter((gid) => gid !== 0)])]
}

function withMounts(before: readonly Mount[], added: readonly CdiMount[]): Mount[] {
  if (added.length === 0) return [...before]
  const places = new Set(added.map(({containerPath}) => containerPath))
  const kept = before.filter(({destination}) => !places.has(destination))
  const mounts = added.map(({hostPath, containerPath, type, options}) => ({
    destination: containerPath,
    ...(type && {type}),
    source: hostPath,
    options: [...(options ?? [])],
  }))
  // What lies below another comes after it.
  return [...kept, ...mounts].sort((a, b) => depth(a.destination) - depth(b.destination))
}

function depth(path: string): number {
  return path.split('/').filter(Boolean).length
}

function withHooks(before: Hooks, added: NonNullable<ContainerEdits['hooks']>): Hooks {
  const hooks = {...before}
  for (const {hookName, ...hook} of added) hooks[hookName] = [...(hooks[hookName] ?? []), hook]
  return hooks
}

function withNodes(linux: Linux, nodes: readonly DeviceNode[], {process}: Spec): Linux {
  if (nodes.length === 0) return linux
  const made = nodes.map((node) => toDevice(node, process?.user))
  const paths = new Set(made.map(({path}) => path))
  const rules = made.flatMap((device, index) => rule(device, nodes[index]?.permissions))
  return {
    ...linux,
    devices: [...(linux.devices ?? []).filter(({path}) => !paths.has(path)), ...made],
    resources: {...linux.resources, devices: [...(linux.resources?.devices ?? []), ...rules]},
  }
}

/** It belongs to who runs in the container, unless the file says to whom. */
function toDevice(node: DeviceNode, user: {readonly uid: number; readonly gid: number} | undefined): Device {
  const {path, fileMode, uid = user?.uid, gid = user?.gid} = node
  return {
    path,
    ...kindOf(node),
    ...(fileMode !== undefined && {fileMode}),
    ...(uid ? {uid} : {}),
    ...(gid ? {gid} : {}),
  }
}

function kindOf({
  path,
  hostPath = path,
  type,
  major = 0,
  minor = 0,
}: DeviceNode): Pick<Device, 'type' | 'major' | 'minor'> {
  if (type && (major !== 0 || type === 'p')) return {type: type as Device['type'], major, minor}
  const found = statSync(hostPath, {throwIfNoEntry: false})
  const is = found?.isBlockDevice() ? 'b' : found?.isCharacterDevice() ? 'c' : found?.isFIFO() ? 'p' : undefined
  if (!found || !is)
    throw new EngineError(
      'ERR_CDI_DEVICE',
      `setting up CDI devices: ${hostPath} is ${found ? 'not a device node' : 'not there'}`,
    )
  if (type && type !== is)
    throw new EngineError('ERR_CDI_DEVICE', `setting up CDI devices: ${hostPath} is of type ${is}, not ${type}`)
  return {type: is, ...(is === 'p' ? {major: 0, minor: 0} : deviceNumbers(found.rdev))}
}

function rule({type, major, minor}: Device, permissions: string | undefined): DeviceCgroup[] {
  if (type !== 'b' && type !== 'c') return []
  return [{allow: true, type, major, minor, access: permissions === 'none' ? '' : permissions || 'rwm'}]
}
