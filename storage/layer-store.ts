import type {Readable} from 'node:stream'
import type {IDMappings} from '../src/host/index.ts'
import type {Digest} from '../src/oci/types/image-spec.ts'
import type {ChainID, DriverName, MountInstruction} from './snapshotter.ts'

export interface LayerRecord {
  readonly version: number
  readonly chainID: ChainID
  readonly diffID: Digest
  readonly parent?: ChainID
  /** Bytes of the uncompressed tar; what podman reports as a layer's size. */
  readonly sizeBytes: number
  /** Digest and size of the blob it was made from, as it came (compressed or not). */
  readonly blob: {readonly digest: Digest; readonly sizeBytes: number; readonly mediaType?: string}
  readonly createdAt: string
}

export interface ApplyRequest {
  /** Tar, plain or compressed (gzip, zstd, xz, bzip2); the compression is told from the first bytes. */
  readonly source: Readable
  readonly parent?: ChainID
  /**
   * The parent is there when this resolves: until then what can be done without it is done (overlay extracts, vfs only
   * waits). When it rejects, so does `apply`, with nothing left behind.
   */
  readonly after?: Promise<unknown>
  /** Checked while it streams when given. @throws ERR_DIGEST_MISMATCH, with nothing left behind */
  readonly diffID?: Digest
  readonly blobDigest?: Digest
  readonly mediaType?: string
  readonly signal?: AbortSignal
  /** Hears of bytes of the source as they are taken. */
  readonly onRead?: (bytes: number) => void
}

export interface DiffEntry {
  /** Absolute within the container: `/etc/motd`. */
  readonly path: string
  readonly kind: 'added' | 'changed' | 'deleted'
}

export interface MountOptions {
  /**
   * overlay only: what the container writes need not survive a power loss, so unmounting does not flush it (podman
   * does this for `--rm`). Ignored when it is mounted already.
   */
  readonly volatile?: boolean
  /**
   * The ids of the files as a container in a user namespace sees them. @throws ERR_NOT_SUPPORTED for drivers other than
   * the kernel's overlay. Ignored when it is mounted already.
   */
  readonly idMaps?: IDMappings
}

export interface ContainerLayerInfo {
  readonly id: string
  readonly parent?: ChainID
  readonly createdAt: string
}

export interface MountState {
  readonly path: string
  /** How many mounts were asked for and not taken back. */
  readonly count: number
}

/** A read-only erofs image of the merged tree of a layer and its parents, for a guest's block device. */
export interface BlockImage {
  readonly path: string
  readonly filesystem: 'erofs'
  readonly sizeBytes: number
}

/** The writable side of a VM container: an ext4 file with the directories `/upper` and `/work` inside. */
export interface ScratchDisk {
  readonly path: string
  readonly filesystem: 'ext4'
  /** Its apparent size; it is sparse. */
  readonly sizeBytes: number
}

export type StorageProblemKind =
  | 'leftover'
  | 'record-damaged'
  | 'record-missing'
  | 'parent-missing'
  | 'directory-missing'
  | 'link-missing'
  | 'link-dangling'
  | 'content-changed'
  | 'mount-stale'

export interface StorageProblem {
  readonly kind: StorageProblemKind
  /** The layer, container layer or path. */
  readonly object: string
  readonly detail: string
  readonly repaired: boolean
}

export interface VerifyOptions {
  /** Also make each layer's tar again and compare it with its diffID: reads everything. */
  readonly deep?: boolean
  /** Mends what can be mended without losing data; with `removeDamaged` damaged layers without children go too. */
  readonly repair?: boolean
  readonly removeDamaged?: boolean
}

/**
 * Layers by chain id, and the writable layer of each container on top of one. One directory, safe under concurrent
 * processes. Two applications of one layer at the same time do the work once or discard the second.
 */
export interface LayerStore {
  readonly driver: DriverName
  /**
   * Makes a layer from a tar stream: nothing of it is seen before all of it is checked and on disk. When `diffID` is
   * given and the layer is there already, that one is returned and `source` is destroyed unread.
   * @throws ERR_ARCHIVE_INVALID (truncated, no tar, expands too far), ERR_LAYER_ENTRY and ERR_LAYER_ESCAPE (an entry that cannot
   *   be placed), ERR_DIGEST_MISMATCH, ERR_LAYER_UNKNOWN (parent), ERR_PROGRAM_MISSING (xz, bzip2), ERR_IO
   */
  apply(request: ApplyRequest): Promise<LayerRecord>
  has(chainID: ChainID): boolean
  /** @throws ERR_LAYER_UNKNOWN */
  get(chainID: ChainID): LayerRecord
  list(): readonly LayerRecord[]
  /** @throws ERR_LAYER_UNKNOWN; ERR_SNAPSHOT_HAS_CHILDREN while a layer or container layer lies on it or it is mounted */
  remove(chainID: ChainID): Promise<void>
  /** What the layer's own files hold, as `containerLayerBytes` counts. @throws ERR_LAYER_UNKNOWN */
  layerBytes(chainID: ChainID): Promise<number>
  /** The layer's tar again, byte for byte what was applied: the stream fails with ERR_DIGEST_MISMATCH where it would not be. */
  tar(chainID: ChainID): Readable
  /** The same bytes, a chunk of them at a time: it is the reader's only until it asks for the next. */
  tarChunks(chainID: ChainID): AsyncIterable<Buffer>
  /** Where a layer lies: its own directory, then (overlay) those of the layers below. Not to be written to. @throws ERR_LAYER_UNKNOWN */
  layerPaths(chainID: ChainID): readonly string[]
  /** Mounts the merged tree of a layer read-only (counted) and returns the mount point. For image mounts. */
  mountLayer(chainID: ChainID): Promise<string>
  /** Takes back one mount of it; the last one, or `force`, unmounts. A no-op when not mounted. */
  unmountLayer(chainID: ChainID, options?: {readonly force?: boolean}): Promise<void>
  layerMount(chainID: ChainID): MountState | undefined
  /** Made once per layer, under a lock, with mkfs.erofs; removed with the layer. @throws ERR_PROGRAM_MISSING, ERR_PROGRAM_FAILED */
  blockImage(chainID: ChainID): Promise<BlockImage>

  /** Makes the writable layer of a container. @throws ERR_SNAPSHOT_EXISTS, ERR_LAYER_UNKNOWN */
  createContainerLayer(id: string, parent?: ChainID): Promise<void>
  /** @throws ERR_LAYER_UNKNOWN */
  containerLayer(id: string): ContainerLayerInfo
  /** Mounts it (counted: the second caller gets the same path) and returns the mount point. @throws ERR_LAYER_UNKNOWN */
  mountContainerLayer(id: string, options?: MountOptions): Promise<string>
  /** Takes back one mount; the last one, or `force`, unmounts. A no-op when not mounted. */
  unmountContainerLayer(id: string, options?: {readonly force?: boolean}): Promise<void>
  /** Undefined when it is not mounted. */
  containerLayerMount(id: string): MountState | undefined
  mountContainerLayerInstructions(id: string): Promise<readonly MountInstruction[]>
  /** The directory that takes what the container writes (overlay) or holds its whole tree (vfs). */
  containerLayerUpper(id: string): string
  /**
   * The container's scratch disk, made when it is not there yet; it lives and goes with the container layer. From then on
   * diff, tar, usage and mounts of the layer read what lies in the disk, which the caller must not have attached to a
   * running guest then.
   */
  scratchDisk(id: string, options?: {readonly sizeBytes?: number}): Promise<ScratchDisk>
  /**
   * Turns the container's layer into a committed one, without copying its files: the container layer is used up. When
   * there is such a layer already, it is only removed.
   * @throws ERR_LAYER_UNKNOWN; ERR_SNAPSHOT_STATE while it is mounted
   */
  commitContainerLayer(id: string): Promise<LayerRecord>
  /** One layer on `base` (or on nothing) that gives the tree of `top`. @throws ERR_LAYER_UNKNOWN */
  squash(top: ChainID, base?: ChainID): Promise<LayerRecord>
  /** Unmounts and removes. A missing one is success. */
  removeContainerLayer(id: string): Promise<void>
  /** What the files hold that the container wrote; 0 when it wrote none. */
  containerLayerBytes(id: string): Promise<number>
  /** What the container changed against its image, sorted by path. */
  containerLayerDiff(id: string): Promise<readonly DiffEntry[]>
  /** What the container changed, as a layer tar with whiteouts; with `idMaps` its owners are those of that user namespace. */
  containerLayerTar(id: string, options?: Pick<MountOptions, 'idMaps'>): Promise<Readable>
  listContainerLayers(): Promise<readonly string[]>
  /** Compares records with the disk. */
  verify(options?: VerifyOptions): Promise<readonly StorageProblem[]>
  /** Removes half-made and deleted leftovers; forgets mounts of an earlier boot. */
  sweep(): Promise<void>
}

/** Limits of one layer; past them `apply` refuses the archive. */
export interface LayerLimits {
  /** Bytes of the uncompressed tar, and of the files it makes (sparse ones count whole). Default: the file system's free space. */
  readonly maxBytes?: number
  /** A compressed stream may expand this far beyond `expansionFloorBytes`. Default 250. */
  readonly maxExpansion?: number
  /** Below this many uncompressed bytes the ratio is not looked at. Default 4 GiB. */
  readonly expansionFloorBytes?: number
}

export interface LayerStoreOptions {
  /** Persistent; this store's alone, e.g. `/var/lib/berth/storage`. Made when missing. */
  readonly root: string
  /** Per boot, on tmpfs; this store's alone, e.g. `/run/berth/storage`. Made when missing. */
  readonly runRoot: string
  /** storage.conf's `driver`. Default overlay where the process may mount it, vfs elsewhere. @throws ERR_NOT_SUPPORTED for another */
  readonly driver?: string
  /** storage.conf's `mount_program` (fuse-overlayfs). */
  readonly mountProgram?: string
  /** storage.conf's `mountopt`, e.g. `nodev`. */
  readonly mountOptions?: string
  readonly limits?: LayerLimits
}
