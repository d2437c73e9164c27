import {EngineError, hasCode} from '../src/errors/index.ts'
import type {CountedMounts, MountSource} from './counted-mounts.ts'
import type {MountState} from './layer-store.ts'
import type {ChainID, Snapshotter} from './snapshotter.ts'

/** Read-only mounts of layers with their parents. A view snapshot holds the layer while it is mounted. */
export class LayerViews {
  readonly #snapshots: Snapshotter
  readonly #mounts: CountedMounts

  constructor(snapshots: Snapshotter, mounts: CountedMounts) {
    this.#snapshots = snapshots
    this.#mounts = mounts
  }

  mount(chainID: ChainID): Promise<string> {
    return this.#mounts.mount(viewKey(chainID), this.#source(chainID))
  }

  async unmount(chainID: ChainID, force: boolean): Promise<void> {
    await this.#mounts.unmount(viewKey(chainID), this.#source(chainID), force)
  }

  state(chainID: ChainID): MountState | undefined {
    return this.#mounts.state(viewKey(chainID))
  }

  /** Views whose mount an earlier boot or a killed process left: the layer is not held by them any more. */
  async sweep(): Promise<void> {
    for (const {key, kind, parent} of await this.#snapshots.list())
      if (kind === 'view' && parent !== undefined && !this.#mounts.state(key))
        await this.#mounts.forget(key, this.#source(parent as ChainID)).then(() => this.#removeView(key))
  }

  #source(chainID: ChainID): MountSource {
    const key = viewKey(chainID)
    return {
      prepare: async () => {
        if (this.#snapshots.find(key)) return await this.#snapshots.mounts(key)
        try {
          return await this.#snapshots.view(key, chainID)
        } catch (error) {
          if (hasCode(error, 'ERR_SNAPSHOT_UNKNOWN'))
            throw new EngineError('ERR_LAYER_UNKNOWN', chainID, {cause: error})
          throw error
        }
      },
      release: () => this.#removeView(key),
    }
  }

  async #removeView(key: string): Promise<void> {
    try {
      await this.#snapshots.remove(key)
    } catch (error) {
      if (!hasCode(error, 'ERR_SNAPSHOT_UNKNOWN')) throw error
    }
  }
}

/** Whether a mount of this name is a view's: its directory stays when it is unmounted, with the lock that others may wait for. */
export function isViewKey(name: string): boolean {
  return name.startsWith('view-')
}

function viewKey(chainID: ChainID): string {
  return `view-${chainID.replace(':', '-')}`
}
