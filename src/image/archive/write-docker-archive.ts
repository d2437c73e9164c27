import {createWriteStream, fstatSync, openSync, rmSync} from 'node:fs'
import type {Writable} from 'node:stream'
import {EngineError, isErrno, systemReason} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {reportCopy, watched} from '../copy-report.ts'
import {hexOf} from '../digest.ts'
import {type ArchiveEntry, archiveEntries, documentEntry} from './archive-entries.ts'
import {manifestOfArchived} from './docker-archive-images.ts'
import {writeAll} from './write-all.ts'
import type {SavedImage, WriteRequest} from './write-request.ts'

/**
 * `docker save`'s form, written as a stream: each layer once, the configurations, then `manifest.json`. Returns the
 * manifest that readers make for the first image.
 */
export async function writeDockerArchive(request: WriteRequest): Promise<Uint8Array> {
  const sink = openSink(request.output)
  try {
    await writeAll(archiveEntries(entriesOf(request)), sink, request.signal)
    return manifestOfFirst(request)
  } catch (error) {
    if (typeof request.output === 'string') rmSync(request.output, {force: true})
    throw error
  }
}

function manifestOfFirst({store, images: [{image}]}: WriteRequest): Uint8Array {
  const {diffIDs, layers} = image.record
  const blobs = diffIDs.map((digest, index) => ({digest, size: store.layers.get(layers[index] as Digest).sizeBytes}))
  return manifestOfArchived(image.configBytes, blobs)
}

async function* entriesOf({store, images, report}: WriteRequest): AsyncGenerator<ArchiveEntry> {
  const seen = new Set<Digest>()
  for (const {image} of images) {
    for (const [index, diffID] of image.record.diffIDs.entries()) {
      if (seen.has(diffID)) continue
      seen.add(diffID)
      const chainID = image.record.layers[index] as Digest
      const size = store.layers.get(chainID).sizeBytes
      const progress = reportCopy(report, 'blob', diffID, size)
      yield {name: `${hexOf(diffID)}.tar`, size, chunks: watched(store.layers.tarChunks(chainID), progress)}
      progress.done()
    }
    reportCopy(report, 'config', `sha256:${image.id}`, image.configBytes.length).done()
    yield documentEntry(`${image.id}.json`, image.configBytes)
  }
  report?.line?.('Writing manifest to image destination')
  yield documentEntry('manifest.json', Buffer.from(JSON.stringify(images.map(manifestItem))))
  report?.line?.('Storing signatures')
}

function manifestItem({image, names}: SavedImage): object {
  return {
    Config: `${image.id}.json`,
    RepoTags: names.length > 0 ? names : null,
    Layers: image.record.diffIDs.map((diffID) => `${hexOf(diffID)}.tar`),
  }
}

/** @throws ERR_REFUSED in podman's words */
function openTarget(path: string): number {
  try {
    return openSync(path, 'a')
  } catch (cause) {
    if (!isErrno(cause)) throw cause
    throw new EngineError('ERR_REFUSED', `opening file "${path}": open ${path}: ${systemReason(cause)}`, {cause})
  }
}

/** @throws ERR_REFUSED for a file that holds something already, as podman does */
function openSink(output: string | Writable): Writable {
  if (typeof output !== 'string') return output
  const descriptor = openTarget(output)
  const info = fstatSync(descriptor)
  if (info.isFile() && info.size > 0)
    throw new EngineError('ERR_REFUSED', "docker-archive doesn't support modifying existing images")
  return createWriteStream('', {fd: descriptor})
}
