import {existsSync, renameSync, rmSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {LockFile, run, syncDirectory} from '../src/host/index.ts'
import {layerFiles} from './layer-records.ts'
import type {BlockImage} from './layer-store.ts'
import type {LayerViews} from './layer-views.ts'
import type {ChainID, Snapshotter} from './snapshotter.ts'

/** erofs images of layers with their parents, made once and kept beside the layer. */
export class BlockImages {
  readonly #snapshots: Snapshotter
  readonly #views: LayerViews
  readonly #lockDirectory: string

  constructor(snapshots: Snapshotter, views: LayerViews, lockDirectory: string) {
    this.#snapshots = snapshots
    this.#views = views
    this.#lockDirectory = lockDirectory
  }

  async get(chainID: ChainID): Promise<BlockImage> {
    const directory = this.#snapshots.recordPath(chainID)
    const path = join(directory, layerFiles.blockImage)
    if (!existsSync(path)) await this.#make(chainID, directory, path)
    return {path, filesystem: 'erofs', sizeBytes: statSync(path).size}
  }

  async #make(chainID: ChainID, directory: string, path: string): Promise<void> {
    using _lock = await LockFile.acquire(join(this.#lockDirectory, `${chainID.replace(':', '-')}.erofs`))
    if (existsSync(path)) return
    // a name of its own is not needed: the lock is held, and what a killed process left is overwritten
    const aside = join(directory, `new-${layerFiles.blockImage}`)
    rmSync(aside, {force: true})
    const tree = await this.#views.mount(chainID)
    try {
      await run('mkfs.erofs', ['--quiet', '-Enosbcrc', aside, tree])
      syncDirectory(aside)
      renameSync(aside, path)
      syncDirectory(directory)
    } finally {
      rmSync(aside, {force: true})
      await this.#views.unmount(chainID, false)
    }
  }
}
