import {join} from 'node:path'
import {EngineError} from '../src/errors/index.ts'
import {BlockImages} from './block-images.ts'
import {ContainerLayers} from './container-layers.ts'
import {CountedMounts} from './counted-mounts.ts'
import type {DirectorySnapshotter} from './drivers/directory-snapshotter.ts'
import {openOverlay} from './drivers/overlay.ts'
import {openVfs} from './drivers/vfs.ts'
import type {LayerStore, LayerStoreOptions} from './layer-store.ts'
import {LayerViews} from './layer-views.ts'
import {Layers} from './layers.ts'
import {ScratchDisks} from './scratch-disks.ts'
import {Verifier} from './verify.ts'

/** @throws ERR_NOT_SUPPORTED for an unknown driver */
export async function openLayerStore(options: LayerStoreOptions): Promise<LayerStore> {
  const snapshots = openDriver(options)
  const run = join(options.runRoot, snapshots.driver)
  const lockDirectory = join(run, 'locks')
  const mountDirectory = join(run, 'mounts')
  const mounts = new CountedMounts(mountDirectory)
  const scratchDisks = new ScratchDisks({
    snapshots,
    lockDirectory,
    runDirectory: join(run, 'reading'),
    mountDirectory: (id) => join(mountDirectory, id),
  })
  const containers = new ContainerLayers(snapshots, mounts, scratchDisks)
  const views = new LayerViews(snapshots, mounts)
  return new Layers({
    snapshots,
    apply: {snapshots, lockDirectory, limits: options.limits},
    containers,
    views,
    blockImages: new BlockImages(snapshots, views, lockDirectory),
    scratchDisks,
    verifier: new Verifier(snapshots, mounts),
  })
}

function openDriver({root, driver, mountProgram, mountOptions}: LayerStoreOptions): DirectorySnapshotter {
  const name = driver || (mayMountOverlay(mountProgram) ? 'overlay' : 'vfs')
  if (name === 'vfs') return openVfs(join(root, 'vfs'))
  if (name !== 'overlay') throw new EngineError('ERR_NOT_SUPPORTED', `storage driver ${name}`)
  const extra = (mountOptions ?? '').split(',').filter(Boolean)
  return openOverlay(join(root, 'overlay'), {mountProgram: mountProgram || undefined, mountOptions: extra})
}

function mayMountOverlay(mountProgram: string | undefined): boolean {
  return Boolean(mountProgram) || process.geteuid?.() === 0
}
