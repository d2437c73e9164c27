import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {writeBlobFile} from '../archive/blob-file.ts'
import {checkTarget} from '../archive/check-target.ts'
import {makeEmpty} from '../archive/write-docker-dir.ts'
import {tarLayout} from '../archive/write-oci-archive.ts'
import {addToLayout, writeLayers} from '../archive/write-oci-layout.ts'
import type {WriteRequest} from '../archive/write-request.ts'
import {reportCopy} from '../copy-report.ts'
import {hexOf} from '../digest.ts'
import type {ImageStore} from '../image-store.ts'
import {type ArchivePlace, formatArchivePlace} from '../named-archive.ts'
import {type PushOptions, pushedManifest} from '../push.ts'
import {formOf, manifestFor} from '../saved-manifest.ts'
import type {ListTarget} from './list-target.ts'

export interface DirectoryTargetOptions extends PushOptions {
  readonly temporaryDirectory: string
}

/**
 * An OCI layout, one in an archive, or a `dir`: the images' manifests lie there as blobs beside the list's.
 * @throws ERR_REFUSED for Docker's archives, which hold no lists
 */
export function openDirectoryTarget(
  store: ImageStore,
  place: ArchivePlace,
  options: DirectoryTargetOptions,
): ListTarget {
  const {transport, path} = place
  if (transport === 'docker-archive') throw noLists(transport)
  if (place.reference?.startsWith('@')) throw new EngineError('ERR_REFUSED', `Invalid image ${place.reference}`)
  checkTarget(place)
  if (transport === 'dir') return dirTarget(store, place, options)
  if (transport === 'oci') return layoutTarget(store, place, path, options)
  const directory = mkdtempSync(join(options.temporaryDirectory, 'berth-push-'))
  const layout = layoutTarget(store, place, directory, options)
  return {
    ...layout,
    async putList(manifest) {
      await layout.putList(manifest)
      await tarLayout(directory, path, options.signal)
    },
    async [Symbol.asyncDispose]() {
      rmSync(directory, {recursive: true, force: true})
    },
  }
}

/** @see containers/image, copy.Image: only some transports take more than one image */
export function noLists(transport: string): EngineError {
  return new EngineError(
    'ERR_REFUSED',
    `copying multiple images: destination transport "${transport}" does not support copying multiple images as a group`,
  )
}

function layoutTarget(
  store: ImageStore,
  place: ArchivePlace,
  directory: string,
  options: DirectoryTargetOptions,
): ListTarget {
  const blobs = join(directory, 'blobs', 'sha256')
  mkdirSync(blobs, {recursive: true, mode: 0o755})
  return {
    ...blobsIn(blobs, store, place, {...options, form: options.form ?? 'oci'}, options.compression),
    async putInstance({digest, bytes}) {
      writeFileSync(join(blobs, hexOf(digest)), bytes)
      options.report?.line?.('Storing signatures')
    },
    async putList({digest, bytes, mediaType}) {
      writeFileSync(join(blobs, hexOf(digest)), bytes)
      addToLayout(directory, {mediaType, digest, size: bytes.length}, place.reference)
    },
  }
}

function dirTarget(store: ImageStore, place: ArchivePlace, options: DirectoryTargetOptions): ListTarget {
  const {path} = place
  makeEmpty(path)
  return {
    ...blobsIn(path, store, place, options, options.forceCompression ? options.compression : undefined),
    async putInstance({digest, bytes}) {
      writeFileSync(join(path, `${hexOf(digest)}.manifest.json`), bytes)
      options.report?.line?.('Storing signatures')
    },
    putList: async ({bytes}) => writeFileSync(join(path, 'manifest.json'), bytes),
  }
}

/** Blobs as files named by the hex digits of their digest. */
function blobsIn(
  directory: string,
  store: ImageStore,
  place: ArchivePlace,
  {form: asked, temporaryDirectory, report, signal}: DirectoryTargetOptions,
  compression: ListTarget['compression'],
): Omit<ListTarget, 'putInstance' | 'putList'> {
  return {
    name: formatArchivePlace(place),
    compression,
    formFor: (form) => asked ?? form,
    async pushStored(image) {
      report?.line?.('Getting image source signatures')
      const request: WriteRequest = {
        ...{store, images: [{image, names: []}], format: 'oci-dir', output: directory, compression, temporaryDirectory},
        ...(report && {report}),
        ...(signal && {signal}),
      }
      const layers = await writeLayers(request, directory)
      reportCopy(report, 'config', `sha256:${image.id}`, image.configBytes.length).done()
      writeFileSync(join(directory, image.id), image.configBytes)
      const form = asked ?? formOf(image.manifestBytes)
      return pushedManifest(manifestFor(image.manifestBytes, form, layers), form)
    },
    // A file of the right name may be half a file: each blob is written anew
    has: async () => false,
    send: (read, expected) => writeBlobFile(directory, read(), {signal, expected}),
    async [Symbol.asyncDispose]() {},
  }
}
