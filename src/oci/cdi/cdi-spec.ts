import {isCdiDevice, isCdiKind} from '../types/cdi-name.ts'
import type {Hook, Hooks, Linux} from '../types/runtime-spec.ts'

/** What a device, or every device of a file, changes in a container. @see CDI specification, version 1.0.0 */
export interface ContainerEdits {
  /** `NAME=VALUE` */
  readonly env?: readonly string[]
  readonly deviceNodes?: readonly DeviceNode[]
  readonly mounts?: readonly CdiMount[]
  readonly hooks?: readonly (Hook & {readonly hookName: keyof Hooks})[]
  readonly additionalGids?: readonly number[]
  readonly intelRdt?: NonNullable<Linux['intelRdt']>
}

export interface DeviceNode {
  /** In the container. */
  readonly path: string
  /** On the host, when another: says type and numbers where these are left out. */
  readonly hostPath?: string
  readonly type?: string
  readonly major?: number
  readonly minor?: number
  /** Permission bits. */
  readonly fileMode?: number
  /** For the cgroup, letters of `rwm`; `none` for no rule's letters at all. */
  readonly permissions?: string
  readonly uid?: number
  readonly gid?: number
}

export interface CdiMount {
  readonly hostPath: string
  readonly containerPath: string
  readonly type?: string
  readonly options?: readonly string[]
}

/** One file of a CDI directory. */
export interface CdiSpec {
  /** `vendor.com/class` */
  readonly kind: string
  readonly devices: readonly {readonly name: string; readonly containerEdits: ContainerEdits}[]
  /** Made once for a container that gets any of the devices. */
  readonly containerEdits: ContainerEdits
}

const HOOK_NAMES = ['prestart', 'createRuntime', 'createContainer', 'startContainer', 'poststart', 'poststop']
const KNOWN_EDITS = ['env', 'deviceNodes', 'mounts', 'hooks', 'additionalGids', 'intelRdt']

/** A document of a CDI file, looked through. @throws Error that says what is wrong with it */
export function readCdiSpec(document: unknown): CdiSpec {
  const {cdiVersion, kind, devices, containerEdits} = object(document, 'the document')
  if (typeof cdiVersion !== 'string' || !/^v?(0\.[3-9]|1)\.\d+$/.test(cdiVersion))
    throw new Error(`invalid cdiVersion ${JSON.stringify(cdiVersion)}`)
  if (!isCdiKind(kind)) throw new Error(`invalid kind ${JSON.stringify(kind)}`)
  const read = list(devices, 'devices').map(device)
  if (read.length === 0) throw new Error('no devices')
  return {kind, devices: read, containerEdits: edits(containerEdits ?? {}, kind)}
}

function device(value: unknown): CdiSpec['devices'][number] {
  const {name, containerEdits} = object(value, 'a device')
  if (!isCdiDevice(name)) throw new Error(`invalid device name ${JSON.stringify(name)}`)
  return {name, containerEdits: edits(containerEdits, `device ${JSON.stringify(name)}`)}
}

/** An edit that is not known would be one that is not made. */
function edits(value: unknown, of: string): ContainerEdits {
  const found = object(value, `containerEdits of ${of}`)
  const unknown = Object.keys(found).find((key) => !KNOWN_EDITS.includes(key))
  if (unknown !== undefined) throw new Error(`unknown edit ${JSON.stringify(unknown)} in ${of}`)
  for (const entry of list(found.env, 'env'))
    if (typeof entry !== 'string' || entry.indexOf('=') < 1) throw new Error(`invalid environment variable in ${of}`)
  for (const node of list(found.deviceNodes, 'deviceNodes')) checkNode(object(node, 'a device node'))
  for (const mount of list(found.mounts, 'mounts')) requirePaths(object(mount, 'a mount'), 'hostPath', 'containerPath')
  for (const hook of list(found.hooks, 'hooks')) checkHook(object(hook, 'a hook'))
  return found as ContainerEdits
}

function checkNode(node: Record<string, unknown>): void {
  requirePaths(node, 'path')
  if (node.type !== undefined && !['b', 'c', 'u', 'p'].includes(String(node.type)))
    throw new Error(`device node ${node.path} has an invalid type ${JSON.stringify(node.type)}`)
  if (node.permissions !== undefined && !/^([rwm]*|none)$/.test(String(node.permissions)))
    throw new Error(`device node ${node.path} has invalid permissions ${JSON.stringify(node.permissions)}`)
}

function checkHook(hook: Record<string, unknown>): void {
  requirePaths(hook, 'path')
  if (!HOOK_NAMES.includes(String(hook.hookName))) throw new Error(`invalid hook name ${JSON.stringify(hook.hookName)}`)
}

function requirePaths(found: Record<string, unknown>, ...keys: readonly string[]): void {
  for (const key of keys) if (typeof found[key] !== 'string' || found[key] === '') throw new Error(`${key} is missing`)
}

function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is not an object`)
  return value as Record<string, unknown>
}

function list(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Error(`${what} is not a list`)
  return value
}
