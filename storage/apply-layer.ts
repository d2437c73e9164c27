import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import {EngineError, hasCode} from '../src/errors/index.ts'
import {LockFile} from '../src/host/index.ts'
import type {Digest} from '../src/oci/types/image-spec.ts'
import {chainIDOf} from './chain-id.ts'
import {type Extracted, effectiveLimits, extractLayer} from './diff/extract-layer.ts'
import {LayerPlacer} from './diff/layer-placer.ts'
import {settleOnParent} from './diff/settle-on-parent.ts'
import {copyRootAttributes} from './drivers/directory-snapshotter.ts'
import {layerFiles, newLayerRecord, readLayerRecord, writeLayerRecord, writeReplaced} from './layer-records.ts'
import type {ApplyRequest, LayerLimits, LayerRecord} from './layer-store.ts'
import type {ChainID, Snapshotter} from './snapshotter.ts'

export interface ApplyContext {
  readonly snapshots: Snapshotter
  /** Holds one lock file for each layer that was applied since the boot. */
  readonly lockDirectory: string
  readonly limits?: LayerLimits
}

/** @see LayerStore.apply */
export async function applyLayer(context: ApplyContext, request: ApplyRequest): Promise<LayerRecord> {
  // a rejection that nobody waits for yet must not end the process
  request.after?.catch(() => {})
  const abort = () => request.source.destroy(request.signal?.reason as Error)
  request.signal?.addEventListener('abort', abort, {once: true})
  try {
    request.signal?.throwIfAborted()
    if (request.after === undefined) requireParent(context.snapshots, request.parent)
    if (request.diffID === undefined) return await extractAndCommit(context, request)
    return await applyKnown(context, request, chainIDOf(request.parent, request.diffID))
  } finally {
    request.signal?.removeEventListener('abort', abort)
    request.source.destroy()
  }
}

/** Its name is known before it is made: whoever comes second waits, and finds it. */
async function applyKnown(context: ApplyContext, request: ApplyRequest, chainID: ChainID): Promise<LayerRecord> {
  const before = findLayer(context.snapshots, chainID)
  if (before) return before
  using _lock = await LockFile.acquire(join(context.lockDirectory, chainID.replace(':', '-')))
  return findLayer(context.snapshots, chainID) ?? (await extractAndCommit(context, request))
}

async function extractAndCommit(context: ApplyContext, request: ApplyRequest): Promise<LayerRecord> {
  const {snapshots} = context
  // overlay keeps a layer's own content apart: it is extracted while the parent is still being made
  const isAhead = request.after !== undefined && snapshots.whiteouts === 'overlay'
  if (!isAhead) await waitForParent(snapshots, request)
  const key = `new-${randomBytes(8).toString('hex')}`
  await snapshots.prepare(key, isAhead ? undefined : request.parent)
  try {
    const extracted = await extract(context, request, key, isAhead)
    checkDigests(request, extracted)
    return await commit(snapshots, request, key, extracted, isAhead)
  } finally {
    if (snapshots.find(key)) await snapshots.remove(key)
  }
}

async function extract(
  context: ApplyContext,
  request: ApplyRequest,
  key: string,
  isAhead: boolean,
): Promise<Extracted> {
  const {snapshots} = context
  const [directory, records] = [snapshots.upperPath(key), snapshots.recordPath(key)]
  using placer = new LayerPlacer({
    directory,
    replacedDirectory: join(records, layerFiles.replaced),
    whiteouts: snapshots.whiteouts,
    hasParent: request.parent !== undefined,
  })
  const extracted = await extractLayer({
    source: request.source,
    onRead: request.onRead,
    placer,
    recordPath: join(records, layerFiles.tar),
    limits: effectiveLimits(directory, context.limits),
  })
  if (isAhead) await waitForParent(snapshots, request)
  writeReplaced(records, placer.replaced)
  if (request.parent !== undefined && snapshots.whiteouts === 'overlay')
    settle(snapshots, request.parent, directory, placer)
  return extracted
}

function settle(snapshots: Snapshotter, parent: ChainID, directory: string, placer: LayerPlacer): void {
  const parentDirectory = snapshots.upperPath(parent)
  if (!placer.hasRoot) copyRootAttributes(parentDirectory, directory)
  settleOnParent(directory, [parentDirectory, ...snapshots.lowerPaths(parent)], placer)
}

async function commit(
  snapshots: Snapshotter,
  request: ApplyRequest,
  key: string,
  {diffID, sizeBytes, blob}: Extracted,
  isAhead: boolean,
): Promise<LayerRecord> {
  const {parent, mediaType} = request
  const chainID = chainIDOf(parent, diffID)
  const record = newLayerRecord({chainID, diffID, parent, sizeBytes, blob: {...blob, mediaType}})
  writeLayerRecord(snapshots.recordPath(key), record)
  try {
    await snapshots.commit(chainID, key, isAhead ? parent : undefined)
    return record
  } catch (error) {
    const other = hasCode(error, 'ERR_SNAPSHOT_EXISTS') ? findLayer(snapshots, chainID) : undefined
    if (!other) throw error
    return other
  }
}

async function waitForParent(snapshots: Snapshotter, request: ApplyRequest): Promise<void> {
  await request.after
  request.signal?.throwIfAborted()
  requireParent(snapshots, request.parent)
}

function requireParent(snapshots: Snapshotter, parent: ChainID | undefined): void {
  if (parent !== undefined && !findLayer(snapshots, parent)) throw new EngineError('ERR_LAYER_UNKNOWN', parent)
}

export function findLayer(snapshots: Snapshotter, chainID: ChainID): LayerRecord | undefined {
  return snapshots.find(chainID) && readLayerRecord(snapshots.recordPath(chainID))
}

function checkDigests(request: ApplyRequest, {diffID, blob}: Extracted): void {
  requireDigest('layer', request.diffID, diffID)
  requireDigest('blob', request.blobDigest, blob.digest)
}

function requireDigest(what: string, expected: Digest | undefined, found: Digest): void {
  if (expected !== undefined && expected !== found)
    throw new EngineError('ERR_DIGEST_MISMATCH', `${what} should be ${expected} and is ${found}`)
}
