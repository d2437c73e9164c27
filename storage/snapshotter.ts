import type {IDMappings} from '../src/host/index.ts'
import type {Digest} from '../src/oci/types/image-spec.ts'

/** sha256 over the diffIDs from the lowest layer up. @see image-spec config.md, Layer ChainID */
export type ChainID = Digest

export type DriverName = 'overlay' | 'vfs'

/**
 * A mount that makes a snapshot visible: storage emits it, the engine or an OCI runtime consumes it, neither knows
 * the other. `type` and `options` are those of mount(8); a `bind` with `ro` is remounted read-only.
 */
export interface MountInstruction {
  readonly type: 'overlay' | 'bind' | 'fuse-overlayfs'
  readonly source: string
  readonly options: readonly string[]
  /** overlay only: the owners of the lower layers' files appear mapped, as a container in a user namespace needs it. */
  readonly idMaps?: IDMappings
}

export type SnapshotKind = 'active' | 'view' | 'committed'

export interface SnapshotInfo {
  readonly key: string
  readonly parent?: string
  readonly kind: SnapshotKind
  /** RFC 3339. */
  readonly createdAt: string
}

/** How whiteouts lie in `upperPath`: as overlayfs wants them, or applied to a directory that holds the whole tree. */
export type WhiteoutForm = 'overlay' | 'applied'

/**
 * Layered directories. A committed snapshot never changes; an active one is a writable child of a committed one (or
 * of nothing) until it is committed under a name or removed; a view is a read-only child. Keys and names share one
 * space. Every method is safe under concurrent processes, and a process killed in the middle leaves only what
 * `sweep()` removes: directories are filled as `new-*`, renamed into place, and renamed to `rm-*` before deletion.
 *
 * A key that starts with `new-` is the caller's own work in progress: it is leased to this process, and `sweep()`
 * removes it once the process has died.
 *
 * Layer: `prepare('new-1', parent)`, apply the tar to `upperPath`, `commit(chainID, 'new-1')`.
 * Container: `prepare(containerID, topLayer)`, mount, run, unmount, `remove(containerID)`.
 *
 * @see containerd core/snapshots/snapshotter.go for the division of work
 */
export interface Snapshotter {
  readonly driver: DriverName
  readonly whiteouts: WhiteoutForm
  /**
   * Durable when it returns, but for `new-*` keys.
   * @throws ERR_SNAPSHOT_EXISTS; ERR_SNAPSHOT_UNKNOWN for the parent; ERR_SNAPSHOT_STATE when it is not committed;
   *   ERR_INVALID_ARG for a key that is no digest and no `[A-Za-z0-9][A-Za-z0-9_.-]*`
   */
  prepare(key: string, parent?: string): Promise<readonly MountInstruction[]>
  /** @throws as `prepare` */
  view(key: string, parent?: string): Promise<readonly MountInstruction[]>
  /**
   * Turns the active snapshot `key` into the committed `name`. Content and name are on disk when it returns. With
   * `parent`, one that was prepared on nothing (overlay: before its parent was there) is laid on that.
   * @throws ERR_SNAPSHOT_EXISTS, ERR_SNAPSHOT_UNKNOWN, ERR_SNAPSHOT_STATE
   */
  commit(name: string, key: string, parent?: string): Promise<void>
  /** The mounts of an active snapshot or view. @throws ERR_SNAPSHOT_UNKNOWN, ERR_SNAPSHOT_STATE for a committed one */
  mounts(key: string): Promise<readonly MountInstruction[]>
  /** The directory that holds what the snapshot itself adds (overlay) or its whole tree (vfs). @throws ERR_SNAPSHOT_UNKNOWN */
  upperPath(key: string): string
  /** The same of the committed parents, nearest first; empty for vfs, whose `upperPath` holds everything. */
  lowerPaths(key: string): readonly string[]
  /** A directory for the caller's records about the snapshot: it is committed and removed with it. */
  recordPath(key: string): string
  /** @throws ERR_SNAPSHOT_UNKNOWN */
  stat(key: string): Promise<SnapshotInfo>
  find(key: string): SnapshotInfo | undefined
  /** @throws ERR_SNAPSHOT_UNKNOWN; ERR_SNAPSHOT_HAS_CHILDREN */
  remove(key: string): Promise<void>
  list(): Promise<readonly SnapshotInfo[]>
  /** The names of all committed snapshots, without reading their records. */
  committed(): readonly string[]
  /** Removes what killed processes left half-made. */
  sweep(): Promise<void>
}
