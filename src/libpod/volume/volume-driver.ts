import type {VolumeRecord} from './volume-record.ts'

/** What holds the content of volumes: this host's filesystems, or a plugin. The store calls it under the volume's lock. */
export interface VolumeDriver {
  /** Called with the record before it is written. @throws what must keep the volume from being made */
  create(record: VolumeRecord, directory: string): Promise<void>
  /** Makes the content visible; called for the first who asks. Returns where. */
  mount(record: VolumeRecord, directory: string): Promise<string>
  /** Called when nobody asks any more; one that is not mounted is no failure. */
  unmount(record: VolumeRecord, directory: string): Promise<void>
  /** The volume is gone afterwards. */
  remove(record: VolumeRecord, directory: string): Promise<void>
}
