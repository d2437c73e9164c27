import {closeSync, mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, runUndoable} from '../../errors/index.ts'
import {Lifeline} from '../../host/index.ts'
import {bindHostPorts, type ContainerNetwork} from '../../network/index.ts'
import type {PreparedShim, ShimContainer, ShimmedProcess} from '../../shim/index.ts'
import type {NetworkAttachment} from '../define/container-config.ts'
import {prepareNetwork} from './container-network.ts'
import {requireDependencies} from './dependencies.ts'
import {cleanupMarker} from './exit-command.ts'
import type {HeldContainer} from './held-container.ts'
import {liveFacts} from './live-facts.ts'
import {mountRootfs} from './mount-rootfs.ts'
import {mountSources, neededMounts} from './mount-sources.ts'
import {releaseResources} from './release-resources.ts'
import {shimRequest} from './shim-request.ts'
import {writeBundle} from './write-bundle.ts'

/** What is not the container's but this start's. */
export type ShimExtras = Partial<Pick<ShimContainer, 'preserveFDs' | 'restore'>> & {
  /** In place of the config's, for this time. */
  readonly attachments?: readonly NetworkAttachment[]
  /** Resolves when what it depends on has its namespaces; without it, all of that runs already. */
  readonly namespacesMade?: Promise<void>
}

/**
 * Makes the container in the OCI runtime, from a state where nothing of it is there. On failure everything taken is given
 * back and the state is as before.
 */
export function initHeld(held: HeldContainer, more: ShimExtras = {}): Promise<void> {
  return runUndoable(async (undo) => {
    const {config} = held
    if (!more.namespacesMade) requireDependencies(held)
    if (config.pod) await limitPodOf(held, config.pod)
    if (held.run.resources) await releaseResources(held, {deleteFromRuntime: true})
    freshBundle(held)
    noteResources(held)
    undo.push(() => releaseResources(held, {deleteFromRuntime: true}))
    const network = prepareNetwork(held, more.attachments)
    using lifeline = network?.slirp ? new Lifeline() : undefined
    const [made, networked] = await Promise.allSettled([
      make(held, network, more, lifeline),
      configure(held, network, lifeline),
    ])
    if (made.status === 'rejected') throw made.reason
    if (networked.status === 'rejected') throw networked.reason
    const {rootfs, shimmed} = made.value
    // Not before: the exit command also runs for a container that the runtime could not make, and that one is ours.
    writeFileSync(cleanupMarker(held.bundle), '')
    held.save({
      state: {status: 'created', ...liveFacts(shimmed)},
      mountPoint: rootfs,
      error: undefined,
      ...(config.hasHealthcheck && {health: 'starting'}),
    })
    if (!more.restore) held.engine.events.container('init', config)
  })
}

async function limitPodOf({engine}: HeldContainer, podID: string): Promise<void> {
  const pod = engine.pods.find(podID)
  if (pod?.resources) (await import('../pod/pod-cgroup.ts')).limitPodAgain(pod)
}

/** The network's namespace is there: it is filled while the rest is done. */
async function configure(
  {engine}: HeldContainer,
  network: ContainerNetwork | undefined,
  lifeline: Lifeline | undefined,
): Promise<void> {
  const {containers} = engine.networks
  if (network) await engine.trace.time('network up', () => containers.configure(network, lifeline?.end))
}

/** The shim starts while its bundle is in the making, and waits for it. */
async function make(
  held: HeldContainer,
  network: ContainerNetwork | undefined,
  more: ShimExtras,
  lifeline: Lifeline | undefined,
): Promise<{readonly rootfs: string; readonly shimmed: ShimmedProcess}> {
  const {trace} = held.engine
  const shim = await trace.time('shim start', () => startShim(held, network, more, lifeline))
  try {
    const rootfs = await trace.time('mount rootfs', () => mountRootfs(held))
    const sources = await mountSources(held, rootfs)
    await more.namespacesMade
    await trace.time('write bundle', () => writeBundle(held, rootfs, sources, network))
    if (more.restore) await (await import('./checkpoint/shm-content.ts')).restoreShm(held)
    const shimmed = await trace.time('oci create', () => shim.create()).catch((error: unknown) => createAgain(error))
    return {rootfs, shimmed}
  } finally {
    shim.abandon()
  }

  /** The runtime may remember what our record does not: its own directory survived what ours did not. */
  async function createAgain(error: unknown): Promise<ShimmedProcess> {
    if (!(error instanceof EngineError) || !/already exists/.test(error.message)) throw error
    await held.ociRuntime.delete(held.id, {force: true})
    const second = await startShim(held, network, more, lifeline)
    return second.create()
  }
}

/** The shim keeps the host's ports taken for as long as it lives. */
async function startShim(
  held: HeldContainer,
  network: ContainerNetwork | undefined,
  more: ShimExtras,
  lifeline: Lifeline | undefined,
): Promise<PreparedShim> {
  // slirp4netns binds them itself, and lives as long as the shim.
  const ports = network && !lifeline ? bindHostPorts(network.input.port_mappings ?? []) : []
  const descriptors = lifeline ? [lifeline.held] : ports
  try {
    return await held.engine.shim.prepare({...shimRequest(held, descriptors), ...more})
  } finally {
    for (const descriptor of ports) closeSync(descriptor)
  }
}

/** Of an earlier run nothing may be left: an old exit file would end the new run at once. */
function freshBundle({engine, id, bundle}: HeldContainer): void {
  const {layout} = engine.state
  rmSync(layout.exitFile(id), {force: true})
  rmSync(layout.persist(id), {recursive: true, force: true})
  mkdirSync(bundle, {recursive: true, mode: 0o700})
  for (const path of [join(bundle, 'pidfile'), join(bundle, 'conmon.pid'), cleanupMarker(bundle)])
    rmSync(path, {force: true})
}

function noteResources(held: HeldContainer): void {
  const {config, engine} = held
  held.save({
    resources: {
      layer: !config.rootfs,
      ...neededMounts(engine, config.mounts),
      network: config.network.attachments.length > 0 || config.network.slirp !== undefined,
    },
  })
}
