import type {ByteString, Timestamp} from '../../src/host/index.ts'

export type EntryType = 'file' | 'hardlink' | 'symlink' | 'character-device' | 'block-device' | 'directory' | 'fifo'

/** A part of a sparse file that holds data. */
export interface Segment {
  readonly offset: number
  readonly length: number
}

/** One entry of a tar archive, after its extension headers were applied. Names are as they stand in the archive. */
export interface TarEntry {
  readonly type: EntryType
  readonly name: ByteString
  /** Of hard and symbolic links. */
  readonly linkName: ByteString
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Written for people and for readers on other hosts; reading, the ids alone count. */
  readonly userName?: string
  readonly groupName?: string
  /** Bytes of the file; of a sparse one with its holes. */
  readonly size: number
  readonly mtime: Timestamp
  readonly deviceMajor: number
  readonly deviceMinor: number
  readonly xattrs: readonly (readonly [name: ByteString, value: Uint8Array])[]
  /** Sparse files only. */
  readonly segments?: readonly Segment[]
}
