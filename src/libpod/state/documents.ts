import {EngineError} from '../../errors/index.ts'
import {readJson, type Versioned} from '../../host/index.ts'

/** Turns a document of version N into version N + 1. */
export type Migration = (document: Record<string, unknown>) => Record<string, unknown>

/** One kind of document: the version this program writes, and the steps from each earlier one. */
export interface DocumentKind {
  readonly version: number
  /** By the version they start from. */
  readonly migrations: Readonly<Record<number, Migration>>
}

/**
 * Reads a document and brings it up to date in memory; it is rewritten when it next changes, or by `system migrate`.
 * @throws ERR_RECORD_CORRUPT when it is no record; ERR_RECORD_VERSION when a newer program wrote it
 */
export function readDocument<T extends Versioned>(path: string, kind: DocumentKind): T | undefined {
  const document = readJson<unknown>(path)
  return document === undefined ? undefined : (upgrade(document, kind, path) as T)
}

export function upgrade(document: unknown, kind: DocumentKind, path: string): Versioned {
  if (!isVersioned(document)) throw new EngineError('ERR_RECORD_CORRUPT', path)
  if (document.version > kind.version)
    throw new EngineError('ERR_RECORD_VERSION', `${path} has version ${document.version}, this is for ${kind.version}`)
  let current: Record<string, unknown> & Versioned = document
  while (current.version < kind.version) current = step(current, kind, path)
  return current
}

function step(
  document: Record<string, unknown> & Versioned,
  kind: DocumentKind,
  path: string,
): Versioned & Record<string, unknown> {
  const migration = kind.migrations[document.version]
  if (!migration)
    throw new EngineError('ERR_RECORD_VERSION', `${path} has version ${document.version}, which is too old`)
  return {...migration(document), version: document.version + 1}
}

function isVersioned(document: unknown): document is Record<string, unknown> & Versioned {
  return typeof document === 'object' && document !== null && Number.isInteger((document as Versioned).version)
}
