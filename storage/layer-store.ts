import type {Readable} from 'node:stream'
import type {Digest} from '../src/oci/types/image-spec.ts'
import type {ChainID, MountInstruction, Usage} from './snapshotter.ts'

export interface LayerRecord {
  readonly version: number
  readonly chainID: ChainID
  readonly diffID: Digest
  readonly parent?: ChainID
  /** Bytes of the uncompressed tar. */
  readonly sizeBytes: number
  /** Digest and size of the compressed blob it was made from, when it came compressed. */
  readonly blob?: {readonly digest: Digest; readonly sizeBytes: number; readonly mediaType: string}
  readonly createdAt: string
}

export interface ApplyRequest {
  /** Tar, plain or compressed (gzip, zstd, xz, bzip2); the compression is told from the first bytes. */
  readonly source: Readable
  readonly parent?: ChainID
  /** Checked while it streams when given. @throws ERR_DIGEST_MISMATCH, with nothing left behind */
  readonly diffID?: Digest
  readonly blobDigest?: Digest
  readonly mediaType?: string
  readonly signal?: AbortSignal
}

export interface DiffEntry {
  readonly path: string
  readonly kind: 'added' | 'changed' | 'deleted'
}

/**
 * Layers by chain id, and the writable layer of each container on top of one. One directory, safe under concurrent
 * processes. Two applications of one layer at the same time do the work once or discard the second.
 */
export interface LayerStore {
  readonly driver: 'overlay' | 'vfs'
  apply(request: ApplyRequest): Promise<LayerRecord>
  has(chainID: ChainID): boolean
  get(chainID: ChainID): LayerRecord
  list(): readonly LayerRecord[]
  /** @throws ERR_SNAPSHOT_HAS_CHILDREN while a layer or container layer lies on it */
  remove(chainID: ChainID): Promise<void>
  usage(chainID: ChainID): Promise<Usage>
  /** The layer's tar again, byte for byte what was applied: its sha256 is the diffID. */
  tar(chainID: ChainID): Readable

  /** Makes the writable layer of a container. @throws ERR_SNAPSHOT_EXISTS, ERR_LAYER_UNKNOWN */
  createContainerLayer(id: string, parent?: ChainID): Promise<void>
  /** Mounts it (counted: the second caller gets the same path) and returns the mount point. */
  mountContainerLayer(id: string, options?: {readonly readOnly?: boolean}): Promise<string>
  /** Takes back one mount; the last one, or `force`, unmounts. A no-op when not mounted. */
  unmountContainerLayer(id: string, options?: {readonly force?: boolean}): Promise<void>
  mountContainerLayerInstructions(id: string): Promise<readonly MountInstruction[]>
  /** Unmounts and removes. A missing one is success. */
  removeContainerLayer(id: string): Promise<void>
  containerLayerUsage(id: string): Promise<Usage>
  /** What the container changed against its image, sorted by path. */
  containerLayerDiff(id: string): Promise<readonly DiffEntry[]>
  /** What the container changed, as a layer tar with whiteouts. */
  containerLayerTar(id: string): Promise<Readable>
  listContainerLayers(): Promise<readonly string[]>
  /** Removes half-made and deleted leftovers; forgets mounts of an earlier boot. */
  sweep(): Promise<void>
}
