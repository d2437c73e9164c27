import {createWriteStream, fstatSync, openSync, rmSync} from 'node:fs'
import type {Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {Pack} from 'tar-stream'
import {EngineError, isErrno, systemReason} from '../../errors/index.ts'
import type {Digest} from '../../oci/types/image-spec.ts'
import {type BlobReport, reportCopy, watched} from '../copy-report.ts'
import {hexOf} from '../digest.ts'
import type {ImageStore} from '../image-store.ts'
import {manifestOfArchived} from './docker-archive-images.ts'
import type {SavedImage, WriteRequest} from './write-request.ts'

const entryTimes = {mode: 0o444, mtime: new Date(0)} as const

/**
 * `docker save`'s form, written as a stream: each layer once, the configurations, then `manifest.json`. Returns the
 * manifest that readers make for the first image.
 */
export async function writeDockerArchive(request: WriteRequest): Promise<Uint8Array> {
  const {pack: openPack} = await import('tar-stream')
  const pack = openPack()
  const sink = openSink(request.output)
  const written = pipeline(pack, sink, {signal: request.signal})
  try {
    // A sink that fails first must not leave the entries waiting for it.
    await Promise.race([writeEntries(pack, request), written.then(() => undefined)])
    await written
    return manifestOfFirst(request)
  } catch (error) {
    pack.destroy()
    await written.catch(() => undefined)
    if (typeof request.output === 'string') rmSync(request.output, {force: true})
    throw error
  }
}

function manifestOfFirst({store, images: [{image}]}: WriteRequest): Uint8Array {
  const {diffIDs, layers} = image.record
  const blobs = diffIDs.map((digest, index) => ({digest, size: store.layers.get(layers[index] as Digest).sizeBytes}))
  return manifestOfArchived(image.configBytes, blobs)
}

async function writeEntries(pack: Pack, {store, images, report}: WriteRequest): Promise<void> {
  const seen = new Set<Digest>()
  for (const {image} of images) {
    for (const [index, diffID] of image.record.diffIDs.entries()) {
      if (seen.has(diffID)) continue
      seen.add(diffID)
      const chainID = image.record.layers[index] as Digest
      const progress = reportCopy(report, 'blob', diffID, store.layers.get(chainID).sizeBytes)
      await writeLayer(pack, store, diffID, chainID, progress)
      progress.done()
    }
    reportCopy(report, 'config', `sha256:${image.id}`, image.configBytes.length).done()
    await writeBytes(pack, `${image.id}.json`, image.configBytes)
  }
  report?.line?.('Writing manifest to image destination')
  await writeBytes(pack, 'manifest.json', Buffer.from(JSON.stringify(images.map(manifestItem))))
  report?.line?.('Storing signatures')
  pack.finalize()
}

function manifestItem({image, names}: SavedImage): object {
  return {
    Config: `${image.id}.json`,
    RepoTags: names.length > 0 ? names : null,
    Layers: image.record.diffIDs.map((diffID) => `${hexOf(diffID)}.tar`),
  }
}

async function writeLayer(
  pack: Pack,
  store: ImageStore,
  diffID: Digest,
  chainID: Digest,
  progress: BlobReport,
): Promise<void> {
  const size = store.layers.get(chainID).sizeBytes
  await new Promise<void>((resolve, reject) => {
    const entry = pack.entry({name: `${hexOf(diffID)}.tar`, size, ...entryTimes}, (error) =>
      error ? reject(error) : resolve(),
    )
    pipeline(watched(store.layers.tar(chainID), progress), entry).catch(reject)
  })
}

function writeBytes(pack: Pack, name: string, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    pack.entry({name, ...entryTimes}, bytes, (error) => (error ? reject(error) : resolve()))
  })
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
