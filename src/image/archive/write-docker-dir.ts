import {mkdirSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {reportCopy} from '../copy-report.ts'
import {manifestFor} from '../saved-manifest.ts'
import {writeLayers} from './write-oci-layout.ts'
import type {WriteRequest} from './write-request.ts'

/** skopeo's `dir` with a Docker manifest: blobs by the hex digits of their digest beside `manifest.json`. */
export async function writeDockerDir(request: WriteRequest): Promise<void> {
  if (typeof request.output !== 'string') throw new EngineError('ERR_REFUSED', 'an image directory needs a path')
  const {image} = request.images[0]
  mkdirSync(request.output, {recursive: true, mode: 0o755})
  if (readdirSync(request.output).length > 0)
    throw new EngineError('ERR_REFUSED', `${request.output}: the directory is not empty`)
  const blobs = await writeLayers(request, request.output)
  reportCopy(request.report, 'config', `sha256:${image.id}`, image.configBytes.length).done()
  writeFileSync(join(request.output, image.id), image.configBytes)
  request.report?.line?.('Writing manifest to image destination')
  writeFileSync(join(request.output, 'manifest.json'), manifestFor(image.manifestBytes, 'v2s2', blobs))
  request.report?.line?.('Storing signatures')
  writeFileSync(join(request.output, 'version'), 'Directory Transport Version: 1.1\n')
}
