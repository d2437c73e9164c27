import {statSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, runUndoable, type UndoStack} from '../../errors/index.ts'
import type {Hooks, Spec, State} from '../../oci/types/runtime-spec.ts'
import {integerField} from '../agent/message.ts'
import type {ContainerRecord} from '../persist/records.ts'
import {prepareMounts} from '../share/guest-mounts.ts'
import {guestRootfs, rootfsForm} from '../share/rootfs.ts'
import {ShareDirectory, unmountBelow} from '../share/share-directory.ts'
import {adaptSpec} from './adapt-spec.ts'
import {attachBlockDevices} from './block-devices.ts'
import {bootSandbox} from './boot-sandbox.ts'
import {type Bundle, loadBundle} from './bundle.ts'
import {cgroupDirectories, createCgroups, joinCgroups, removeCgroups} from './cgroup.ts'
import {type ContainerKind, containerKind} from './container-kind.ts'
import {destroyUnfinished, endProcess} from './destroy-sandbox.ts'
import {growMachine} from './grow-machine.ts'
import {runHooks} from './hooks.ts'
import {type LiveSandbox, openSandbox} from './live-sandbox.ts'
import {guestNamespacePath} from './namespace-paths.ts'
import {type ProcessRelay, startProcessRelay} from './relay.ts'
import {guestSeccomp} from './seccomp-filter.ts'
import type {VmServices} from './services.ts'
import {demandOf} from './sizing.ts'

export interface CreateRequest {
  readonly id: string
  readonly bundle: string
  /** Absolute. */
  readonly consoleSocket?: string
  /** Descriptors 0, 1 and 2 of the container's process. */
  readonly stdio: readonly [number, number, number]
}

/**
 * Makes a container, in a machine of its own or in its sandbox's: everything up to the process, which waits for `start`.
 * On failure nothing is left.
 * @returns the process that stands for it
 * @throws ERR_OCI_CTR_EXISTS, ERR_BUNDLE_INVALID, ERR_VM_START, ERR_HOOK_FAILED, ERR_AGENT, …
 */
export async function createContainer(services: VmServices, request: CreateRequest): Promise<ProcessRelay> {
  const bundle = loadBundle(request.bundle)
  if (request.consoleSocket !== undefined && !bundle.spec.process?.terminal)
    throw new EngineError('ERR_INVALID_ARG', 'a console socket, but process.terminal is false')
  const kind = containerKind(request.id, bundle.spec)
  if (kind.kind === 'container') services.store.sandbox(kind.sandbox)
  return runUndoable(async (undo) => {
    services.store.reserve(request.id, kind.sandbox)
    undo.push(() => services.store.release(request.id))
    using _lock = await services.store.lock(kind.sandbox)
    const sandbox = await enterSandbox(services, request, bundle, kind, undo)
    try {
      return await addContainer(services, sandbox, request, bundle, kind, undo)
    } finally {
      sandbox[Symbol.dispose]()
    }
  })
}

async function enterSandbox(
  services: VmServices,
  request: CreateRequest,
  {spec, path}: Bundle,
  kind: ContainerKind,
  undo: UndoStack,
): Promise<LiveSandbox> {
  const hooks = (pid: number) => runCreationHooks(request.id, path, spec, pid)
  if (kind.kind === 'container') {
    const sandbox = await openSandbox(services, kind.sandbox)
    await hooks(sandbox.machine.record.process.pid)
    await growMachine(services, sandbox, request.id, demandOf(spec))
    return sandbox
  }
  undo.push(() => destroyUnfinished(services, kind.sandbox))
  return bootSandbox(services, kind.sandbox, spec, hooks)
}

/** On the host, before the container's process exists: the state names the hypervisor, which is in its network namespace. */
async function runCreationHooks(id: string, bundle: string, spec: Spec, pid: number): Promise<void> {
  const {hooks, annotations, ociVersion} = spec
  const state: State = {ociVersion, id, status: 'creating', pid, bundle, ...(annotations ? {annotations} : {})}
  await runHooks('prestart', hooks?.prestart, state)
  await runHooks('createRuntime', hooks?.createRuntime, state)
  await runHooks('createContainer', hooks?.createContainer, state)
}

async function addContainer(
  services: VmServices,
  sandbox: LiveSandbox,
  request: CreateRequest,
  bundle: Bundle,
  kind: ContainerKind,
  undo: UndoStack,
): Promise<ProcessRelay> {
  const {store, timings} = services
  const {agent, machine, record} = sandbox
  const {id} = request
  const {spec} = bundle
  const share = new ShareDirectory(store.shareDirectory(record.id), id, record.share)
  undo.push(() => releaseShare(services, record.id, id))
  const form = rootfsForm(bundle.rootfs, spec.annotations ?? {})
  const rootfs = guestRootfs(form, id, share)
  const before = store.sandboxState(record.id)
  const prepared = prepareMounts(spec.mounts ?? [], bundle.path, share, before.guestVolumes)
  for (const device of rootfs.devices) await timings.time('disk', () => machine.addDevice(device))
  const blockDevices = await attachBlockDevices(sandbox, id, spec.linux)
  const devices = [...rootfs.devices.map((device) => device.id), ...blockDevices.ids]
  undo.push(() => detachDevices(services, sandbox, devices))
  const state = {...before, machine: machine.record, guestVolumes: prepared.guestVolumes}
  store.saveSandboxState(record.id, state)
  const guestMounts = [...rootfs.mounts, ...prepared.guestMounts]
  if (guestMounts.length > 0) await timings.time('mounts', () => agent.request('mount', {mounts: guestMounts}))
  const adapted = adaptSpec(spec, {
    rootfs: rootfs.path,
    mounts: prepared.mounts,
    blockDevices: blockDevices.numbers,
    namespacePath: (namespace) => guestNamespacePath(store, record.id, namespace),
    seccomp: (profile) => guestSeccomp(profile, store.root),
  })
  const cgroups = cgroupDirectories(spec.linux?.cgroupsPath, id, services.config.systemdCgroup)
  const container = containerRecord(request, bundle, kind, devices, cgroups)
  undo.push(() => store.removeContainer(record.id, id))
  store.saveContainer(container)
  if (kind.kind === 'container') {
    // It holds only what stands for the container: its limits are the guest's, and the machine is in the sandbox's cgroup.
    undo.push(() => removeCgroups(cgroups))
    createCgroups(cgroups)
  }
  undo.push(() => agent.request('delete', {container: id, force: true}).catch(() => {}))
  const created = await timings.time('create', () =>
    agent.request(
      'create',
      {container: id, terminal: container.terminal, ...consoleSize(spec)},
      {tail: JSON.stringify(adapted)},
    ),
  )
  const guestPid = integerField(created.ok, 'pid')
  const relay = await timings.time('process relay', () => startRelay(services, sandbox, request, container))
  undo.push(() => endProcess(relay.identity))
  joinCgroups(cgroups, relay.identity.pid)
  store.saveContainerState(record.id, id, {
    version: 1,
    status: 'ready',
    paused: false,
    relay: relay.identity,
    guestPid,
    resources: demandOf(spec),
  })
  undo.commit()
  return relay
}

function containerRecord(
  {id}: CreateRequest,
  {path, spec, rootfs}: Bundle,
  kind: ContainerKind,
  devices: readonly string[],
  cgroups: readonly string[],
): ContainerRecord {
  const {poststart, poststop}: Hooks = spec.hooks ?? {}
  return {
    ...{version: 1, id, ...kind, bundle: path, rootfs, ociVersion: spec.ociVersion},
    createdAt: new Date().toISOString(),
    owner: String(statSync(path).uid),
    terminal: spec.process?.terminal ?? false,
    annotations: spec.annotations ?? {},
    hooks: {...(poststart ? {poststart} : {}), ...(poststop ? {poststop} : {})},
    cgroups,
    devices,
  }
}

function startRelay(
  services: VmServices,
  {record, directory}: LiveSandbox,
  request: CreateRequest,
  container: ContainerRecord,
): Promise<ProcessRelay> {
  return startProcessRelay({
    program: services.config.relay,
    directory,
    container: container.id,
    exitFile: join('containers', container.id, 'exit.json'),
    terminal: container.terminal,
    consoleSocket: request.consoleSocket,
    stdio: request.stdio,
    networkNamespace: record.networkNamespace,
  })
}

function consoleSize(spec: Spec): {rows?: number; columns?: number} {
  const size = spec.process?.consoleSize
  return size && size.height > 0 && size.width > 0 ? {rows: size.height, columns: size.width} : {}
}

async function detachDevices(services: VmServices, {machine, record}: LiveSandbox, devices: readonly string[]) {
  for (const device of devices) await machine.removeDevice(device)
  services.store.saveSandboxState(record.id, {...services.store.sandboxState(record.id), machine: machine.record})
}

function releaseShare(services: VmServices, sandbox: string, container: string): void {
  unmountBelow(join(services.store.shareDirectory(sandbox), container))
  services.store.removeShare(sandbox, container)
}
