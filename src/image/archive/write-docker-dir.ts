import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {reportCopy} from '../copy-report.ts'
import {manifestFor} from '../saved-manifest.ts'
import {holdsImage, NOT_AN_IMAGE, VERSION} from './docker-dir-version.ts'
import {writeLayers} from './write-oci-layout.ts'
import type {WriteRequest} from './write-request.ts'

/**
 * skopeo's `dir`, with a Docker manifest if nothing else is asked for: blobs by the hex digits of their digest beside
 * `manifest.json`. An image that is there goes. Returns the manifest.
 */
export async function writeDockerDir(request: WriteRequest): Promise<Uint8Array> {
  const {output: directory, images, form = 'v2s2', report} = request
  if (typeof directory !== 'string') throw new EngineError('ERR_REFUSED', 'an image directory needs a path')
  const {image} = images[0]
  makeEmpty(directory)
  const blobs = await writeLayers(request, directory)
  reportCopy(report, 'config', `sha256:${image.id}`, image.configBytes.length).done()
  writeFileSync(join(directory, image.id), image.configBytes)
  report?.line?.('Writing manifest to image destination')
  const manifest = manifestFor(image.manifestBytes, form, blobs)
  writeFileSync(join(directory, 'manifest.json'), manifest)
  report?.line?.('Storing signatures')
  return manifest
}

/** The version comes first: a directory that was left half-written may be written again. */
export function makeEmpty(directory: string): void {
  mkdirSync(directory, {recursive: true, mode: 0o755})
  if (!holdsImage(directory))
    throw new EngineError('ERR_REFUSED', `initializing destination dir:${directory}: ${NOT_AN_IMAGE}`)
  for (const name of readdirSync(directory)) rmSync(join(directory, name), {recursive: true})
  writeFileSync(join(directory, 'version'), VERSION)
}
