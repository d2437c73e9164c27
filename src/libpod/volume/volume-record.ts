import type {Versioned} from '../../host/index.ts'

export const volumeRecordVersion = 1

/** A named volume. Written when it is made; `needsCopyUp` falls with the first use. */
export interface VolumeRecord extends Versioned {
  readonly name: string
  /** `local`, `image`, or the name of a plugin. */
  readonly driver: string
  /** RFC 3339 with nanoseconds. */
  readonly createdAt: string
  readonly labels: Readonly<Record<string, string>>
  /** As given to `--opt`: type, device, o. */
  readonly options: Readonly<Record<string, string>>
  readonly uid: number
  readonly gid: number
  /** Made for a container without a name given; removed with it. */
  readonly anonymous: boolean
  /** The container it was made with. */
  readonly madeFor?: string
  /** The first container that mounts it copies what its image has there. */
  readonly needsCopyUp: boolean
  /** The writable layer of an image's volume. */
  readonly storageID?: string
}

/** What the user asks of a new volume. */
export interface VolumeRequest {
  /** Default: 64 random hex digits. */
  readonly name?: string
  readonly driver?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly options?: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
  readonly anonymous?: boolean
  readonly madeFor?: string
}

/** A volume as `volume inspect` prints it. @see podman volume inspect */
export interface InspectVolume {
  readonly Name: string
  readonly Driver: string
  readonly Mountpoint: string
  readonly CreatedAt: string
  readonly Labels: Readonly<Record<string, string>>
  readonly Scope: 'local'
  readonly Options: Readonly<Record<string, string>>
  readonly UID?: number
  readonly GID?: number
  readonly Anonymous?: boolean
  readonly MountCount: number
  readonly NeedsCopyUp?: boolean
  readonly NeedsChown?: boolean
  readonly StorageID?: string
  /** Seconds that the plugin has for an answer. */
  readonly Timeout?: number
  /** What the plugin tells of it. */
  readonly Status?: Readonly<Record<string, unknown>>
  readonly LockNumber: number
}
