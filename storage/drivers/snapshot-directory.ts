import {randomBytes} from 'node:crypto'
import {mkdirSync, readdirSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../../src/errors/index.ts'
import {LockFile, syncDirectory} from '../../src/host/index.ts'
import type {SnapshotInfo, SnapshotKind} from '../snapshotter.ts'
import {DirectoryLease} from './directory-lease.ts'
import {LinkNames} from './link-names.ts'
import {
  directoryName,
  isWhole,
  keyOf,
  type LocatedSnapshot,
  newRecord,
  readRecord,
  writeRecord,
} from './snapshot-record.ts'
import {spreadDirectories} from './spread-directories.ts'
import {syncFileSystem} from './sync-file-system.ts'

const kinds = ['active', 'committed', 'view'] as const satisfies readonly SnapshotKind[]

/** Fills a new snapshot's directory; `parent` is the directory of the committed parent. */
export type Fill = (directory: string, parent: LocatedSnapshot | undefined) => void | Promise<void>

/**
 * The names of snapshots, as directories: `<root>/<kind>/<key>/` with `snapshot.json` and what the driver puts beside
 * it. One short lock guards the names, never the filling: a directory is filled as `new-*` under a lease.
 */
export class SnapshotDirectory {
  readonly #root: string
  readonly #leases = new Map<string, DirectoryLease>()
  readonly links: LinkNames

  constructor(root: string) {
    this.#root = root
    this.links = new LinkNames(join(root, 'l'))
  }

  async create(kind: 'active' | 'view', key: string, parent: string | undefined, fill: Fill): Promise<LocatedSnapshot> {
    const inProgress = key.startsWith('new-')
    const aside = inProgress ? directoryName(key) : `new-${randomBytes(8).toString('hex')}`
    const {lease, above, ...snapshot} = await this.#begin(kind, key, aside, parent)
    try {
      if (inProgress) spreadDirectories(snapshot.directory)
      await fill(snapshot.directory, above)
      if (inProgress) {
        this.#leases.set(key, lease)
        return {key, kind, ...snapshot}
      }
      const directory = await this.#publish(kind, key, snapshot.directory)
      lease[Symbol.dispose]()
      return {key, kind, directory, record: snapshot.record}
    } catch (error) {
      rmSync(snapshot.directory, {recursive: true, force: true})
      lease[Symbol.dispose]()
      throw error
    }
  }

  /** Everything in the directory, and its new name, is on disk afterwards. */
  async commit(name: string, key: string, parent?: string): Promise<void> {
    directoryName(name)
    const snapshot = this.locate(key)
    if (snapshot.kind !== 'active') throw new EngineError('ERR_SNAPSHOT_STATE', `${key} is ${snapshot.kind}`)
    const record = parent === undefined ? snapshot.record : newRecord(parent, this.#committed(parent).record)
    const target = linkTarget(name)
    const link = this.links.add(target)
    try {
      writeRecord(snapshot.directory, {...record, link})
      await syncFileSystem(snapshot.directory)
      using _lock = await this.#lock()
      if (record.parent !== undefined) this.#committed(record.parent)
      if (this.find(name)) throw new EngineError('ERR_SNAPSHOT_EXISTS', name)
      // a sweep may have taken it for dangling
      this.links.ensure(link, target)
      mkdirSync(join(this.#root, 'committed'), {recursive: true, mode: 0o700})
      renameSync(snapshot.directory, this.#path('committed', name))
    } catch (error) {
      this.links.remove(link)
      throw error
    }
    syncDirectory(join(this.#root, 'committed'))
    this.#endLease(key)
  }

  find(key: string): LocatedSnapshot | undefined {
    directoryName(key)
    for (const kind of kinds) {
      const directory = this.#path(kind, key)
      const record = readRecord(directory)
      if (record) return {key, kind, directory, record}
    }
    return undefined
  }

  /** @throws ERR_SNAPSHOT_UNKNOWN */
  locate(key: string): LocatedSnapshot {
    const found = this.find(key)
    if (!found) throw new EngineError('ERR_SNAPSHOT_UNKNOWN', key)
    return found
  }

  list(): SnapshotInfo[] {
    return kinds.flatMap((kind) =>
      this.names(kind)
        .filter(isWhole)
        .flatMap((name) => {
          const record = readRecord(join(this.#root, kind, name))
          return record ? [{key: keyOf(name), kind, parent: record.parent, createdAt: record.createdAt}] : []
        }),
    )
  }

  /** Every directory of a kind, leftovers too. */
  names(kind: SnapshotKind): string[] {
    try {
      return readdirSync(join(this.#root, kind)).sort()
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return []
      throw error
    }
  }

  directory(kind: SnapshotKind, name: string): string {
    return join(this.#root, kind, name)
  }

  async remove(key: string): Promise<void> {
    const doomed = await this.#retire(key)
    this.#endLease(key)
    rmSync(doomed, {recursive: true, force: true})
  }

  async sweep(): Promise<void> {
    const doomed = await this.#retireLeftovers()
    for (const directory of doomed) rmSync(directory, {recursive: true, force: true})
  }

  /** What `sweep` would remove. */
  leftovers(): string[] {
    return kinds.flatMap((kind) =>
      this.names(kind)
        .filter((name) => !isWhole(name))
        .map((name) => join(this.#root, kind, name))
        .filter((directory) => !DirectoryLease.isHeld(directory)),
    )
  }

  async #begin(kind: SnapshotKind, key: string, aside: string, parent: string | undefined) {
    directoryName(key)
    using _lock = await this.#lock()
    if (this.find(key)) throw new EngineError('ERR_SNAPSHOT_EXISTS', key)
    const above = parent === undefined ? undefined : this.#committed(parent)
    const directory = join(this.#root, kind, aside)
    mkdirSync(directory, {recursive: true, mode: 0o700})
    const lease = DirectoryLease.take(directory)
    if (!lease) throw new EngineError('ERR_INTERNAL', `${directory} is leased already`)
    const record = newRecord(parent, above?.record)
    writeRecord(directory, record)
    return {directory, lease, record, above}
  }

  async #publish(kind: SnapshotKind, key: string, aside: string): Promise<string> {
    syncDirectory(join(aside, 'snapshot.json'))
    using _lock = await this.#lock()
    if (this.find(key)) throw new EngineError('ERR_SNAPSHOT_EXISTS', key)
    const directory = this.#path(kind, key)
    renameSync(aside, directory)
    syncDirectory(join(this.#root, kind))
    return directory
  }

  #committed(key: string): LocatedSnapshot {
    const parent = this.locate(key)
    if (parent.kind !== 'committed') throw new EngineError('ERR_SNAPSHOT_STATE', `${key} is ${parent.kind}`)
    return parent
  }

  async #retire(key: string): Promise<string> {
    using _lock = await this.#lock()
    const snapshot = this.locate(key)
    if (snapshot.kind === 'committed') this.#requireNoChildren(key)
    const doomed = this.#rename(snapshot.kind, directoryName(key))
    if (snapshot.kind === 'committed' && snapshot.record.link) this.links.remove(snapshot.record.link)
    syncDirectory(join(this.#root, snapshot.kind))
    return doomed
  }

  #requireNoChildren(key: string): void {
    for (const kind of kinds)
      for (const name of this.names(kind)) {
        const directory = join(this.#root, kind, name)
        if (name.startsWith('rm-') || parentOf(directory) !== key) continue
        if (name.startsWith('new-') && !DirectoryLease.isHeld(directory)) continue
        throw new EngineError('ERR_SNAPSHOT_HAS_CHILDREN', `${key} is used by ${keyOf(name)}`)
      }
  }

  async #retireLeftovers(): Promise<string[]> {
    using _lock = await this.#lock()
    for (const name of this.links.dangling()) this.links.remove(name)
    return kinds.flatMap((kind) =>
      this.names(kind).flatMap((name) => {
        const directory = join(this.#root, kind, name)
        if (name.startsWith('rm-')) return [directory]
        return name.startsWith('new-') && !DirectoryLease.isHeld(directory) ? [this.#rename(kind, name)] : []
      }),
    )
  }

  #rename(kind: SnapshotKind, name: string): string {
    const doomed = join(this.#root, kind, `rm-${randomBytes(8).toString('hex')}`)
    renameSync(join(this.#root, kind, name), doomed)
    return doomed
  }

  #endLease(key: string): void {
    this.#leases.get(key)?.[Symbol.dispose]()
    this.#leases.delete(key)
  }

  #path(kind: SnapshotKind, key: string): string {
    return join(this.#root, kind, directoryName(key))
  }

  #lock(): Promise<LockFile> {
    return LockFile.acquire(join(this.#root, 'lock'))
  }
}

/** Where the link of a committed snapshot points, seen from the directory of links. */
export function linkTarget(name: string): string {
  return join('..', 'committed', directoryName(name), 'diff')
}

/** A record that a crash left empty has no parent. */
function parentOf(directory: string): string | undefined {
  try {
    return readRecord(directory)?.parent
  } catch {
    return undefined
  }
}
