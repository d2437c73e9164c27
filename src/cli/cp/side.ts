import type {Readable, Writable} from 'node:stream'

export interface PathFacts {
  /** Absolute, links followed. */
  readonly path: string
  /** Last element of `path`. */
  readonly name: string
  readonly isDirectory: boolean
}

/** A file system that `cp` copies from or to. */
export interface Side {
  /** The words behind `could not be found on`: `the host`, `container web`. */
  readonly label: string
  /** Undefined when there is no such path. */
  stat(path: string): Promise<PathFacts | undefined>
  /** Where a path leads after its links, when there is nothing. */
  resolve(path: string): Promise<string>
  /** The path as a tar whose root entry is called `rootName`; `.` for the contents of a directory. */
  read(path: PathFacts, rootName: string, target: Writable): Promise<void>
  /** Unpacks a tar in a directory. Entries of the tar replace what is there; with `strict` never a directory by a file or a file by a directory. */
  write(directory: string, source: Readable, strict: boolean): Promise<void>
}
