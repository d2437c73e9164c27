import {mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError, isErrno} from '../../errors/index.ts'
import {reportCopy} from '../copy-report.ts'
import {manifestFor} from '../saved-manifest.ts'
import {writeLayers} from './write-oci-layout.ts'
import type {WriteRequest} from './write-request.ts'

const VERSION = 'Directory Transport Version: 1.1\n'

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
function makeEmpty(directory: string): void {
  mkdirSync(directory, {recursive: true, mode: 0o755})
  const names = readdirSync(directory)
  if (names.length > 0 && readVersion(directory) !== VERSION)
    throw new EngineError(
      'ERR_REFUSED',
      `initializing destination dir:${directory}: not a containers image directory, don't want to overwrite important data`,
    )
  for (const name of names) rmSync(join(directory, name), {recursive: true})
  writeFileSync(join(directory, 'version'), VERSION)
}

function readVersion(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, 'version'), 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'EISDIR')) return undefined
    throw error
  }
}
