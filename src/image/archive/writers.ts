import {writeDockerArchive} from './write-docker-archive.ts'
import {writeDockerDir} from './write-docker-dir.ts'
import {writeOciArchive} from './write-oci-archive.ts'
import {writeOciLayout} from './write-oci-layout.ts'
import type {SaveFormat, WriteRequest} from './write-request.ts'

/** What writes each format; each returns the manifest of the (first) image as it is there. */
export const writers: Readonly<Record<SaveFormat, (request: WriteRequest) => Promise<Uint8Array>>> = {
  'docker-archive': writeDockerArchive,
  'oci-archive': writeOciArchive,
  'oci-dir': writeOciLayout,
  'docker-dir': writeDockerDir,
}
