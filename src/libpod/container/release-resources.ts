import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {mountPointsBelow, unmount} from '../../host/index.ts'
import type {HeldContainer} from './held-container.ts'

/**
 * Gives back what a run took: the OCI runtime's record, network, mounts. Each step is tried even when another fails, and
 * the first failure is thrown at the end; repeating it is harmless.
 */
export async function releaseResources(
  held: HeldContainer,
  options: {readonly deleteFromRuntime: boolean},
): Promise<void> {
  const {engine, id, run} = held
  const steps = [
    options.deleteFromRuntime
      ? engine.trace.time('oci delete', () => held.ociRuntime.delete(id, {force: true}))
      : undefined,
    run.resources?.network
      ? engine.trace.time('network down', () => engine.networks.containers.tearDown(id))
      : undefined,
  ]
  const results = await Promise.allSettled(steps)
  const unmounted = await Promise.allSettled([unmountAll(held)])
  const failed = [...results, ...unmounted].find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  held.save({resources: undefined, mountPoint: undefined})
}

/** Only when no process of the container is left. */
async function unmountAll(held: HeldContainer): Promise<void> {
  const {engine, id, run, bundle} = held
  const resources = run.resources
  if (!resources) return
  for (const point of mountPointsBelow(bundle)) unmount(point)
  rmSync(join(bundle, 'overlay'), {recursive: true, force: true})
  rmSync(join(bundle, 'secrets'), {recursive: true, force: true})
  for (const name of resources.volumes) if (engine.volumes.find(name)) await engine.volumes.unmount(name)
  for (const chainID of resources.imageLayers) await engine.layers.unmountLayer(chainID)
  if (resources.layer) await engine.trace.time('layer unmount', () => engine.layers.unmountContainerLayer(id))
}
