import type {LayerStore} from '../../storage/layer-store.ts'
import type {ChainID} from '../../storage/snapshotter.ts'
import type {Digest} from '../oci/types/image-spec.ts'
import type {Image} from './image.ts'
import type {LayerHold} from './layer-holds.ts'
import type {Reference} from './reference.ts'

export interface ImageEvent {
  readonly status:
    | 'import'
    | 'loadfromarchive'
    | 'mount'
    | 'prune'
    | 'pull'
    | 'pull-error'
    | 'push'
    | 'remove'
    | 'save'
    | 'tag'
    | 'unmount'
    | 'untag'
  readonly id: string
  readonly name: string
}

export interface ImageStoreOptions {
  /** The engine's persistent directory; images are in `<root>/images`. */
  readonly root: string
  readonly layers: LayerStore
  /**
   * Full names that a short one may stand for, in order, besides localhost's: aliases and search registries of
   * registries.conf. Asked only when a short name is looked up.
   */
  readonly shortNames?: ShortNames
  readonly onEvent?: (event: ImageEvent) => void
  /** Layers copied at a time; 0 for the usual number. */
  readonly parallelCopies?: number
}

/** @see src/image/registries for the implementation over registries.conf */
export interface ShortNames {
  /** The alias of a short name, which comes before localhost's. Tag and digest of `short` are kept. */
  alias(short: string): Reference | undefined
  /** The name at each unqualified-search registry. */
  searched(short: string): readonly Reference[]
}

/** The engine's knowledge of containers, as far as images need it. */
export interface ImageUsers {
  /** Ids of the containers made from the image. */
  containersOf(imageID: string): Promise<readonly string[]>
  /** Stops and removes a container, for `rmi --force`. */
  removeContainer(containerID: string): Promise<void>
}

export interface NewImage {
  readonly configBytes: Uint8Array
  /** Absent: an OCI manifest is made for it. */
  readonly manifestBytes?: Uint8Array
  readonly manifestMediaType?: string
  /** The manifest list that the manifest was chosen from. */
  readonly indexBytes?: Uint8Array
  /** Full names, taken from other images that have them. */
  readonly names?: readonly string[]
}

/** A manifest list or index of the store's own. */
export interface NewIndex {
  readonly bytes: Uint8Array
  /** @see ImageRecord.sources */
  readonly sources: Readonly<Record<Digest, string>>
}

export interface LookupOptions {
  /** A manifest list itself is meant; otherwise its name stands for its image for this machine. */
  readonly list?: boolean
}

export interface RemoveOptions {
  readonly force?: boolean
  /** Keep parents that have no name and would be left without children. */
  readonly noPrune?: boolean
  readonly users: ImageUsers
}

export interface RemoveReport {
  readonly id: string
  readonly untagged: readonly string[]
  readonly removed: boolean
  /** Ids of the image and the parents that went with it. */
  readonly deleted: readonly string[]
}

export interface Resolved {
  readonly image: Image
  /** The image's own name that the given one stands for; the given text for an id. */
  readonly name: string
}

/**
 * Images by id and name on top of a LayerStore. Safe under concurrent processes; whatever is returned from a change is
 * on disk. An image exists from the moment the index names it: a process killed earlier leaves only what `sweep()` removes.
 *
 * Lookups follow podman: an id or an unambiguous part of one, `sha256:ID`, a full name, a short name (alias,
 * localhost/, docker.io/library/ or any registry an image of that name came from), `NAME@DIGEST`.
 */
export interface ImageStore {
  readonly layers: LayerStore
  /** `<root>/images`. */
  readonly directory: string
  /** Layers copied at a time; 0 for the usual number. */
  readonly parallelCopies: number
  /** By full id. @throws ERR_IMAGE_UNKNOWN */
  get(id: string): Image
  /** @throws ERR_IMAGE_UNKNOWN, ERR_IMAGE_AMBIGUOUS, ERR_REFERENCE_INVALID */
  lookup(name: string, options?: LookupOptions): Image
  resolve(name: string, options?: LookupOptions): Resolved
  find(name: string, options?: LookupOptions): Image | undefined
  /** The image that came with this manifest, as it came with it. */
  findByManifest(digest: Digest): Image | undefined
  /** Newest first. */
  list(): readonly Image[]

  /** Layers added to it stay until it is released (or this process ends), though no image uses them yet. */
  holdLayers(): Promise<LayerHold>
  /** All layers are applied and held. The image that has the same id gets the names and the manifest. */
  create(image: NewImage): Promise<Image>
  /** Makes a manifest list with an id by chance, which it keeps. @throws ERR_IMAGE_NAME_IN_USE */
  createIndex(index: NewIndex, names: readonly string[]): Promise<Image>
  /** Changes a manifest list; nobody else changes it meanwhile. @throws ERR_IMAGE_UNKNOWN, ERR_NOT_A_LIST */
  changeIndex(id: string, change: (list: Image) => NewIndex): Promise<Image>
  /** Gives the image further names. Short ones belong to localhost. */
  tag(id: string, names: readonly string[]): Promise<void>
  /** Takes all names or these away; the image stays. */
  untag(id: string, names?: readonly string[]): Promise<void>
  /** podman's rmi for one argument. @throws ERR_IMAGE_IN_USE, ERR_IMAGE_UNKNOWN */
  remove(name: string, options: RemoveOptions): Promise<RemoveReport>
  /** Tells the engine's event log what was done with an image. */
  emit(status: ImageEvent['status'], id: string, name: string): void
  /** Removes what killed processes left: half-made images and layers that nothing uses. */
  sweep(): Promise<void>
  /** Layers made before `moment` that neither an image nor a container has; `remove` takes them away. */
  unusedLayers(moment: Date, options?: {readonly remove?: boolean}): Promise<readonly ChainID[]>
}
