import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../../errors/index.ts'
import {type Descriptor, type Digest, mediaTypes} from '../../oci/types/image-spec.ts'
import {reportCopy} from '../copy-report.ts'
import {digestOf, hexOf} from '../digest.ts'
import {parseIndex} from '../documents/manifest.ts'
import {type LayerBlob, manifestFor, typeOfForm} from '../saved-manifest.ts'
import {writeLayerBlob} from './layer-blob.ts'
import type {WriteRequest} from './write-request.ts'

const REF_NAME = 'org.opencontainers.image.ref.name'

/** An OCI layout in a directory; one that is there already gains the image. Returns the manifest. */
export async function writeOciLayout(request: WriteRequest): Promise<Uint8Array> {
  if (typeof request.output !== 'string') throw new EngineError('ERR_REFUSED', 'an image directory needs a path')
  const {image, names} = request.images[0]
  const blobs = join(request.output, 'blobs', 'sha256')
  mkdirSync(blobs, {recursive: true, mode: 0o755})
  const written = await writeLayers(request, blobs)
  reportCopy(request.report, 'config', `sha256:${image.id}`, image.configBytes.length).done()
  writeBlob(blobs, image.configBytes)
  const {form = 'oci'} = request
  const manifest = manifestFor(image.manifestBytes, form, written)
  request.report?.line?.('Writing manifest to image destination')
  const descriptor = {mediaType: typeOfForm(form), digest: writeBlob(blobs, manifest), size: manifest.length}
  request.report?.line?.('Storing signatures')
  addToLayout(request.output, descriptor, names[0])
  return manifest
}

/** Puts a manifest that is there as a blob into the layout's index, under a name if it gets one. */
export function addToLayout(directory: string, descriptor: Descriptor, name: string | undefined): void {
  writeIndex(directory, {...descriptor, ...(name !== undefined && {annotations: {[REF_NAME]: name}})})
}

/** Writes the layers of the first image as blobs. */
export async function writeLayers(request: WriteRequest, directory: string): Promise<readonly LayerBlob[]> {
  const {record} = request.images[0].image
  const blobs = new Map<Digest, LayerBlob>()
  for (const [index, diffID] of record.diffIDs.entries()) {
    if (blobs.has(diffID)) continue
    const chainID = record.layers[index] as Digest
    const progress = reportCopy(request.report, 'blob', diffID, request.store.layers.get(chainID).sizeBytes)
    const blob = await writeLayerBlob({...request, chainID, directory, progress})
    progress.done()
    blobs.set(diffID, {...blob, compression: request.compression?.format ?? 'none'})
  }
  return record.diffIDs.map((diffID) => blobs.get(diffID) as LayerBlob)
}

function writeBlob(directory: string, bytes: Uint8Array): Digest {
  const digest = digestOf(bytes)
  writeFileSync(join(directory, hexOf(digest)), bytes)
  return digest
}

/** A name goes from the manifest that had it; an entry of the same manifest without a name gets it. */
function writeIndex(directory: string, added: Descriptor): void {
  const name = added.annotations?.[REF_NAME]
  const others = readManifests(directory)
    .map((entry) => (name !== undefined && nameOf(entry) === name ? withoutName(entry) : entry))
    .filter((entry) => entry.digest !== added.digest || nameOf(entry) !== undefined)
  const index = {schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [...others, added]}
  writeFileSync(join(directory, 'oci-layout'), '{"imageLayoutVersion": "1.0.0"}')
  writeFileSync(join(directory, 'index.json'), JSON.stringify(index))
}

function nameOf({annotations}: Descriptor): string | undefined {
  return annotations?.[REF_NAME]
}

function withoutName({annotations: {[REF_NAME]: _, ...annotations} = {}, ...entry}: Descriptor): Descriptor {
  return {...entry, ...(Object.keys(annotations).length > 0 && {annotations})}
}

function readManifests(directory: string): readonly Descriptor[] {
  try {
    return parseIndex(readFileSync(join(directory, 'index.json')), 'index.json').manifests
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}
