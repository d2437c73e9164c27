import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../src/errors/index.ts'
import {readJson, writeJson} from '../src/host/index.ts'
import type {ReplacedPath} from './diff/replaced-files.ts'
import type {LayerRecord} from './layer-store.ts'

const VERSION = 1

/** What lies beside a layer's content: paths in a snapshot's record directory. */
export const layerFiles = {
  record: 'layer.json',
  /** Makes the tar again. @see TarRecordWriter */
  tar: 'tar.record',
  /** Files that the archive itself replaced, and where they were. */
  replaced: 'replaced',
  replacedIndex: 'replaced.json',
  usage: 'usage.json',
  blockImage: 'image.erofs',
} as const

export function newLayerRecord(fields: Omit<LayerRecord, 'version' | 'createdAt'>): LayerRecord {
  return {version: VERSION, ...fields, createdAt: new Date().toISOString()}
}

/** Undefined when the directory holds no layer. @throws ERR_RECORD_CORRUPT, ERR_RECORD_VERSION */
export function readLayerRecord(directory: string): LayerRecord | undefined {
  const path = join(directory, layerFiles.record)
  const record = readJson<LayerRecord>(path)
  if (!record) return undefined
  if (record.version > VERSION) throw new EngineError('ERR_RECORD_VERSION', path)
  if (typeof record.chainID !== 'string' || typeof record.diffID !== 'string')
    throw new EngineError('ERR_RECORD_CORRUPT', path)
  return record
}

/** Not durable by itself: the commit flushes it. */
export function writeLayerRecord(directory: string, record: LayerRecord): void {
  writeJson(join(directory, layerFiles.record), record, {durable: false})
}

export function writeReplaced(directory: string, replaced: readonly ReplacedPath[]): void {
  if (replaced.length > 0)
    writeJson(join(directory, layerFiles.replacedIndex), {version: VERSION, replaced}, {durable: false})
}

export function readReplaced(directory: string): readonly ReplacedPath[] {
  const path = join(directory, layerFiles.replacedIndex)
  return existsSync(path) ? (readJson<{replaced: readonly ReplacedPath[]}>(path)?.replaced ?? []) : []
}
