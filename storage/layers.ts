import {join} from 'node:path'
import type {Readable} from 'node:stream'
import {EngineError} from '../src/errors/index.ts'
import {readJson, writeJson} from '../src/host/index.ts'
import {type ApplyContext, applyLayer, findLayer} from './apply-layer.ts'
import type {BlockImages} from './block-images.ts'
import {commitContainerLayer} from './commit-container-layer.ts'
import type {ContainerLayers} from './container-layers.ts'
import {findChanges} from './diff/changes.ts'
import {createTar} from './diff/create-tar.ts'
import {lastingStream} from './lasting-chunks.ts'
import {layerFiles, readLayerRecord} from './layer-records.ts'
import type {
  ApplyRequest,
  BlockImage,
  ContainerLayerInfo,
  DiffEntry,
  LayerRecord,
  LayerStore,
  MountOptions,
  MountState,
  ScratchDisk,
  StorageProblem,
  VerifyOptions,
} from './layer-store.ts'
import type {LayerViews} from './layer-views.ts'
import {replayTar} from './replay-tar.ts'
import type {ScratchDisks} from './scratch-disks.ts'
import {snapshotChanges} from './snapshot-changes.ts'
import type {ChainID, DriverName, MountInstruction, Snapshotter} from './snapshotter.ts'
import type {Verifier} from './verify.ts'
import {writtenBytes} from './written-bytes.ts'

/** Version 1 counted the blocks of the disk. */
const USAGE_VERSION = 2

export interface LayersParts {
  readonly snapshots: Snapshotter
  readonly apply: ApplyContext
  readonly containers: ContainerLayers
  readonly views: LayerViews
  readonly blockImages: BlockImages
  readonly scratchDisks: ScratchDisks
  readonly verifier: Verifier
}

export class Layers implements LayerStore {
  readonly #parts: LayersParts

  constructor(parts: LayersParts) {
    this.#parts = parts
  }

  get driver(): DriverName {
    return this.#parts.snapshots.driver
  }

  apply(request: ApplyRequest): Promise<LayerRecord> {
    return applyLayer(this.#parts.apply, request)
  }

  has(chainID: ChainID): boolean {
    return findLayer(this.#parts.snapshots, chainID) !== undefined
  }

  get(chainID: ChainID): LayerRecord {
    const found = findLayer(this.#parts.snapshots, chainID)
    if (!found) throw new EngineError('ERR_LAYER_UNKNOWN', chainID)
    return found
  }

  list(): readonly LayerRecord[] {
    return this.#parts.snapshots
      .committed()
      .flatMap((key) => readLayerRecord(this.#parts.snapshots.recordPath(key)) ?? [])
  }

  async remove(chainID: ChainID): Promise<void> {
    this.get(chainID)
    await this.#parts.snapshots.remove(chainID)
  }

  /** Counted once: a layer does not change. */
  async layerBytes(chainID: ChainID): Promise<number> {
    const {snapshots} = this.#parts
    const record = this.get(chainID)
    const path = join(snapshots.recordPath(chainID), layerFiles.usage)
    const known = readJson<{version: number; bytes: number}>(path)
    if (known?.version === USAGE_VERSION) return known.bytes
    const bytes = writtenBytes(snapshotChanges(snapshots, record, snapshots.upperPath(chainID)))
    writeJson(path, {version: USAGE_VERSION, bytes}, {durable: false})
    return bytes
  }

  tar(chainID: ChainID): Readable {
    return lastingStream(this.tarChunks(chainID))
  }

  tarChunks(chainID: ChainID): AsyncIterable<Buffer> {
    const {diffID} = this.get(chainID)
    const {snapshots} = this.#parts
    const [contentPath, recordsPath] = [snapshots.upperPath(chainID), snapshots.recordPath(chainID)]
    return replayTar({contentPath, recordsPath, diffID})
  }

  layerPaths(chainID: ChainID): readonly string[] {
    this.get(chainID)
    const {snapshots} = this.#parts
    return [snapshots.upperPath(chainID), ...snapshots.lowerPaths(chainID)]
  }

  mountLayer(chainID: ChainID): Promise<string> {
    return this.#parts.views.mount(chainID)
  }

  unmountLayer(chainID: ChainID, options: {readonly force?: boolean} = {}): Promise<void> {
    return this.#parts.views.unmount(chainID, options.force ?? false)
  }

  layerMount(chainID: ChainID): MountState | undefined {
    return this.#parts.views.state(chainID)
  }

  async blockImage(chainID: ChainID): Promise<BlockImage> {
    this.get(chainID)
    return await this.#parts.blockImages.get(chainID)
  }

  createContainerLayer(id: string, parent?: ChainID): Promise<void> {
    return this.#parts.containers.create(id, parent)
  }

  containerLayer(id: string): ContainerLayerInfo {
    return this.#parts.containers.get(id)
  }

  mountContainerLayer(id: string, options: MountOptions = {}): Promise<string> {
    return this.#parts.containers.mount(id, options)
  }

  unmountContainerLayer(id: string, options: {readonly force?: boolean} = {}): Promise<void> {
    return this.#parts.containers.unmount(id, options.force ?? false)
  }

  containerLayerMount(id: string): MountState | undefined {
    return this.#parts.containers.mountState(id)
  }

  mountContainerLayerInstructions(id: string): Promise<readonly MountInstruction[]> {
    return this.#parts.containers.instructions(id)
  }

  containerLayerUpper(id: string): string {
    return this.#parts.containers.upper(id)
  }

  async scratchDisk(id: string, options: {readonly sizeBytes?: number} = {}): Promise<ScratchDisk> {
    this.containerLayer(id)
    return await this.#parts.scratchDisks.get(id, options.sizeBytes)
  }

  async commitContainerLayer(id: string): Promise<LayerRecord> {
    const {snapshots, containers, scratchDisks} = this.#parts
    const {parent} = containers.get(id)
    if (!scratchDisks.has(id)) return await commitContainerLayer(snapshots, containers, id)
    const record = await this.apply({source: await this.containerLayerTar(id), parent})
    await containers.remove(id)
    return record
  }

  async squash(top: ChainID, base?: ChainID): Promise<LayerRecord> {
    for (const chainID of [top, ...(base === undefined ? [] : [base])]) this.get(chainID)
    return await this.apply({source: lastingStream(this.#difference(top, base)), parent: base})
  }

  removeContainerLayer(id: string): Promise<void> {
    return this.#parts.containers.remove(id)
  }

  containerLayerBytes(id: string): Promise<number> {
    return this.#parts.containers.writtenBytes(id)
  }

  containerLayerDiff(id: string): Promise<readonly DiffEntry[]> {
    return this.#parts.containers.diff(id)
  }

  async containerLayerTar(id: string, options: Pick<MountOptions, 'idMaps'> = {}): Promise<Readable> {
    this.containerLayer(id)
    return lastingStream(this.#parts.containers.tar(id, options.idMaps))
  }

  listContainerLayers(): Promise<readonly string[]> {
    return this.#parts.containers.list()
  }

  verify(options: VerifyOptions = {}): Promise<readonly StorageProblem[]> {
    return this.#parts.verifier.verify(options)
  }

  async *#difference(top: ChainID, base: ChainID | undefined): AsyncGenerator<Buffer> {
    const {views} = this.#parts
    const upper = await views.mount(top)
    try {
      const lower = base === undefined ? undefined : await views.mount(base)
      try {
        yield* createTar(upper, findChanges({upper, lowers: lower === undefined ? [] : [lower], form: 'applied'}))
      } finally {
        if (base !== undefined) await views.unmount(base, false)
      }
    } finally {
      await views.unmount(top, false)
    }
  }

  async sweep(): Promise<void> {
    await this.#parts.snapshots.sweep()
    await this.#parts.views.sweep()
  }
}
