import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../src/errors/index.ts'
import type {CountedMounts} from './counted-mounts.ts'
import type {DirectorySnapshotter} from './drivers/directory-snapshotter.ts'
import {linkTarget} from './drivers/snapshot-directory.ts'
import {isWhole, keyOf, type LocatedSnapshot, readRecord} from './drivers/snapshot-record.ts'
import {layerFiles, readLayerRecord} from './layer-records.ts'
import type {StorageProblem, StorageProblemKind, VerifyOptions} from './layer-store.ts'
import {isViewKey} from './layer-views.ts'
import {replayTar} from './replay-tar.ts'
import type {SnapshotKind} from './snapshotter.ts'

interface Finding {
  readonly kind: StorageProblemKind
  readonly object: string
  readonly detail: string
  /** Mends it; without one it can only be removed. */
  readonly repair?: () => unknown
  /** The layer that is of no use any more. */
  readonly damagedLayer?: string
}

/** Compares what the records say with what is on disk. */
export class Verifier {
  readonly #snapshots: DirectorySnapshotter
  readonly #mounts: CountedMounts

  constructor(snapshots: DirectorySnapshotter, mounts: CountedMounts) {
    this.#snapshots = snapshots
    this.#mounts = mounts
  }

  async verify(options: VerifyOptions): Promise<StorageProblem[]> {
    const problems: StorageProblem[] = []
    for await (const finding of this.#findings(options.deep ?? false)) {
      const repaired = await this.#mend(finding, options)
      problems.push({kind: finding.kind, object: finding.object, detail: finding.detail, repaired})
    }
    return problems
  }

  async *#findings(deep: boolean): AsyncGenerator<Finding> {
    yield* this.#leftovers()
    yield* this.#danglingLinks()
    yield* this.#staleMounts()
    for (const kind of ['committed', 'active', 'view'] as const) yield* this.#snapshotsOf(kind)
    for (const key of this.#snapshots.committed()) yield* this.#layer(key, deep)
  }

  *#leftovers(): Generator<Finding> {
    for (const path of this.#snapshots.snapshots.leftovers())
      yield {
        kind: 'leftover',
        object: path,
        detail: 'left by a process that was killed',
        repair: () => this.#snapshots.sweep(),
      }
  }

  *#danglingLinks(): Generator<Finding> {
    const {links} = this.#snapshots.snapshots
    for (const name of links.dangling())
      yield {
        kind: 'link-dangling',
        object: links.path(name),
        detail: 'points to no layer',
        repair: () => links.remove(name),
      }
  }

  *#staleMounts(): Generator<Finding> {
    for (const name of this.#mounts.names()) {
      if (this.#snapshots.find(name) || (isViewKey(name) && !this.#mounts.state(name))) continue
      yield {
        kind: 'mount-stale',
        object: name,
        detail: 'belongs to no layer',
        repair: () => this.#mounts.forget(name, {prepare: async () => [], release: () => {}}),
      }
    }
  }

  *#snapshotsOf(kind: SnapshotKind): Generator<Finding> {
    for (const name of this.#snapshots.snapshots.names(kind)) {
      if (!isWhole(name)) continue
      const key = keyOf(name)
      const directory = this.#snapshots.snapshots.directory(kind, name)
      try {
        const record = readRecord(directory)
        if (record) yield* this.#snapshot({key, kind, directory, record})
        else yield {kind: 'record-missing', object: key, detail: `${directory} has no snapshot.json`}
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
        yield {kind: 'record-damaged', object: key, detail: error.message}
      }
    }
  }

  *#snapshot({key, kind, directory, record}: LocatedSnapshot): Generator<Finding> {
    const damagedLayer = kind === 'committed' ? key : undefined
    if (!existsSync(join(directory, 'diff')))
      yield {kind: 'directory-missing', object: key, detail: join(directory, 'diff'), damagedLayer}
    if (record.parent !== undefined && this.#find(record.parent)?.kind !== 'committed')
      yield {kind: 'parent-missing', object: key, detail: record.parent, damagedLayer}
    const {link} = record
    if (kind !== 'committed' || link === undefined) return
    const {links} = this.#snapshots.snapshots
    if (links.target(link) !== linkTarget(key))
      yield {
        kind: 'link-missing',
        object: key,
        detail: links.path(link),
        repair: () => links.ensure(link, linkTarget(key)),
      }
  }

  async *#layer(key: string, deep: boolean): AsyncGenerator<Finding> {
    const directory = this.#snapshots.snapshots.directory('committed', key.replace(':', '-'))
    try {
      const record = readLayerRecord(directory)
      if (!record) yield {kind: 'record-missing', object: key, detail: layerFiles.record, damagedLayer: key}
      else if (!existsSync(join(directory, layerFiles.tar)))
        yield {kind: 'record-missing', object: key, detail: layerFiles.tar, damagedLayer: key}
      else if (deep)
        await drain(replayTar({contentPath: join(directory, 'diff'), recordsPath: directory, diffID: record.diffID}))
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      const kind = error.code === 'ERR_DIGEST_MISMATCH' ? 'content-changed' : 'record-damaged'
      yield {kind, object: key, detail: error.message, damagedLayer: key}
    }
  }

  async #mend(finding: Finding, options: VerifyOptions): Promise<boolean> {
    if (options.repair && finding.repair) {
      await finding.repair()
      return true
    }
    if (options.removeDamaged && finding.damagedLayer !== undefined) return await this.#remove(finding.damagedLayer)
    return false
  }

  /** False when something lies on it. */
  async #remove(key: string): Promise<boolean> {
    try {
      await this.#snapshots.remove(key)
      return true
    } catch (error) {
      if (error instanceof EngineError) return false
      throw error
    }
  }

  #find(key: string): {kind: SnapshotKind} | undefined {
    try {
      return this.#snapshots.find(key)
    } catch {
      return undefined
    }
  }
}

async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of chunks);
}
