import {createHash} from 'node:crypto'
import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../src/errors/index.ts'
import type {Digest} from '../src/oci/types/image-spec.ts'
import {findLayer} from './apply-layer.ts'
import {chainIDOf} from './chain-id.ts'
import type {ContainerLayers} from './container-layers.ts'
import {entryPath} from './diff/entry-path.ts'
import {layerFiles, newLayerRecord, writeLayerRecord} from './layer-records.ts'
import type {LayerRecord} from './layer-store.ts'
import type {ChainID, Snapshotter} from './snapshotter.ts'
import type {TarEntry} from './tar/tar-entry.ts'
import {TarReader, type TarSink} from './tar/tar-reader.ts'
import {TarRecordWriter} from './tar-record.ts'

/** @see LayerStore.commitContainerLayer; the layer has no scratch disk */
export async function commitContainerLayer(
  snapshots: Snapshotter,
  containers: ContainerLayers,
  id: string,
): Promise<LayerRecord> {
  const {parent} = containers.get(id)
  if (containers.mountState(id)) throw new EngineError('ERR_SNAPSHOT_STATE', `layer of ${id} is mounted`)
  const records = snapshots.recordPath(id)
  const {diffID, sizeBytes} = await recordTar(containers.tar(id), join(records, layerFiles.tar))
  const chainID = chainIDOf(parent, diffID)
  const blob = {digest: diffID, sizeBytes}
  const record = newLayerRecord({chainID, diffID, parent, sizeBytes, blob})
  writeLayerRecord(records, record)
  return await commitOrDiscard(snapshots, containers, id, chainID, record)
}

async function commitOrDiscard(
  snapshots: Snapshotter,
  containers: ContainerLayers,
  id: string,
  chainID: ChainID,
  record: LayerRecord,
): Promise<LayerRecord> {
  await containers.forgetMount(id)
  try {
    if (!findLayer(snapshots, chainID)) await snapshots.commit(chainID, id)
  } catch (error) {
    if (!findLayer(snapshots, chainID)) throw error
  }
  await containers.remove(id)
  return findLayer(snapshots, chainID) ?? record
}

/** Reads a tar whose files lie where it says, and writes down how to make it again. */
async function recordTar(
  chunks: AsyncIterable<Buffer>,
  path: string,
): Promise<{readonly diffID: Digest; readonly sizeBytes: number}> {
  rmSync(path, {force: true})
  using record = new TarRecordWriter(path)
  const reader = new TarReader(new RecordingSink(record))
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of chunks) {
    hash.update(chunk)
    sizeBytes += chunk.length
    reader.push(chunk)
  }
  reader.end()
  record.finish()
  return {diffID: `sha256:${hash.digest('hex')}`, sizeBytes}
}

class RecordingSink implements TarSink {
  readonly #record: TarRecordWriter

  constructor(record: TarRecordWriter) {
    this.#record = record
  }

  structure(bytes: Buffer): void {
    this.#record.structure(bytes)
  }

  entry({type, name}: TarEntry): void {
    if (type === 'file') this.#record.file(entryPath(name))
  }

  content(bytes: Buffer, position: number): void {
    this.#record.content(position, bytes.length)
  }

  entryEnd(): void {}
}
