import {join} from 'node:path'
import {EngineError} from '../../src/errors/index.ts'
import {readJson, type Versioned, writeJson} from '../../src/host/index.ts'
import type {SnapshotKind} from '../snapshotter.ts'

/** `snapshot.json` of a snapshot's directory. Kind and key are not in it: they are the directory's place and name. */
export interface SnapshotRecord extends Versioned {
  readonly parent?: string
  readonly createdAt: string
  /** Committed snapshots: the short name in `l/` by which overlay mounts call it. */
  readonly link?: string
  /** The links of all parents, nearest first: a mount of a hundred layers needs one record. */
  readonly lowers: readonly string[]
}

export interface LocatedSnapshot {
  readonly key: string
  readonly kind: SnapshotKind
  readonly directory: string
  readonly record: SnapshotRecord
}

const VERSION = 1

export function newRecord(parentKey: string | undefined, parent: SnapshotRecord | undefined): SnapshotRecord {
  const lowers = parent ? [...(parent.link ? [parent.link] : []), ...parent.lowers] : []
  return {version: VERSION, parent: parentKey, createdAt: new Date().toISOString(), lowers}
}

/** Undefined when there is no such directory. @throws ERR_RECORD_CORRUPT, ERR_RECORD_VERSION */
export function readRecord(directory: string): SnapshotRecord | undefined {
  const path = join(directory, 'snapshot.json')
  const record = readJson<SnapshotRecord>(path)
  if (!record) return undefined
  if (record.version > VERSION) throw new EngineError('ERR_RECORD_VERSION', path)
  if (!Array.isArray(record.lowers)) throw new EngineError('ERR_RECORD_CORRUPT', path)
  return record
}

/** Not durable by itself: the caller flushes it with the directory. */
export function writeRecord(directory: string, record: SnapshotRecord): void {
  writeJson(join(directory, 'snapshot.json'), record, {durable: false})
}

/** @throws ERR_INVALID_ARG for what cannot be a key */
export function directoryName(key: string): string {
  if (!/^(sha256:[0-9a-f]{64}|[A-Za-z0-9][A-Za-z0-9_.-]{0,127})$/.test(key) || /^(rm-|sha256-)/.test(key))
    throw new EngineError('ERR_INVALID_ARG', `"${key}" cannot be the key of a snapshot`)
  return key.replace(':', '-')
}

export function keyOf(directoryName: string): string {
  return directoryName.replace(/^sha256-/, 'sha256:')
}

/** False for what is being made or deleted. */
export function isWhole(directoryName: string): boolean {
  return !/^(new|rm)-/.test(directoryName)
}
