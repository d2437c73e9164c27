import {join} from 'node:path'
import {mountPointsBelow, removeMountPlaces, unmount} from '../../host/index.ts'
import type {ContainerRun} from '../define/container-run.ts'
import type {HeldContainer} from './held-container.ts'

export interface ReleaseOptions {
  /** The OCI runtime may know the container. */
  readonly deleteFromRuntime: boolean
  /** What is true afterwards, recorded in the same write. */
  readonly afterwards?: Partial<Omit<ContainerRun, 'version'>>
}

/**
 * Gives back what a run took: the OCI runtime's record, network, mounts. Each step is tried even when another fails, and
 * the first failure is thrown at the end; repeating it is harmless.
 */
export async function releaseResources(held: HeldContainer, options: ReleaseOptions): Promise<void> {
  const {engine, id, run} = held
  const deleted = options.deleteFromRuntime
    ? engine.trace.time('oci delete', () => held.ociRuntime.delete(id, {force: true}))
    : Promise.resolve()
  // Processes of a container with a pid namespace of its own end with the first: nothing of them is left on the mounts.
  const unmounted = held.is('stopped') && hasOwnPids(held) ? unmountAll(held) : deleted.then(() => unmountAll(held))
  const networkDown = run.resources?.network
    ? engine.trace.time('network down', () => engine.networks.containers.tearDown(id))
    : undefined
  const results = await Promise.allSettled([deleted, unmounted, networkDown])
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  held.save({resources: undefined, mountPoint: undefined, ...options.afterwards})
}

function hasOwnPids({config}: HeldContainer): boolean {
  return config.namespaces.pid.mode === 'private'
}

async function unmountAll(held: HeldContainer): Promise<void> {
  const {engine, id, run, bundle} = held
  const resources = run.resources
  if (!resources) return
  for (const point of mountPointsBelow(bundle)) unmount(point)
  removeMountPlaces(join(bundle, 'overlay'))
  removeMountPlaces(join(bundle, 'secrets'))
  for (const name of resources.volumes)
    if (engine.volumes.find(name))
      await engine.volumes.unmount(name, (holder) => 'container' in holder && holder.container === id)
  for (const chainID of resources.imageLayers) await engine.layers.unmountLayer(chainID)
  if (resources.layer) await engine.trace.time('layer unmount', () => engine.layers.unmountContainerLayer(id))
}
