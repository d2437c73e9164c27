import {resolve} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {inContext} from '../../errors/index.ts'
import type {CopyReport} from '../copy-report.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import {type ArchivePlace, formatArchivePlace} from '../named-archive.ts'
import type {PlatformWanted} from '../platform.ts'
import {formatReference, parseLocalReference} from '../reference.ts'
import {storeImage} from '../store-image.ts'
import {checkPolicy} from '../trust/policy.ts'
import type {ArchiveFiles} from './archive-files.ts'
import type {ArchivedImage} from './archived-image.ts'
import {readOneOfDockerArchive} from './docker-archive-images.ts'
import {readDockerDir} from './docker-dir-images.ts'
import {readOneOfOciLayout} from './oci-layout-images.ts'
import {openPlace} from './open-place.ts'

export interface PullPlaceOptions {
  readonly environment: Environment
  readonly platform?: PlatformWanted
  /** Another policy.json than the usual. */
  readonly policyPath?: string
  readonly report?: CopyReport
  readonly signal?: AbortSignal
}

/**
 * Takes in one image of an archive or directory. It is named as the place says: by the reference in an OCI layout, by
 * the names in an archive; from a `dir` it has none. @throws ERR_REFUSED when the place does not say which of several
 */
export async function pullFromPlace(store: ImageStore, place: ArchivePlace, options: PullPlaceOptions): Promise<Image> {
  await using files = await openPlace(place, options.environment).catch((error: unknown) => {
    throw place.transport === 'oci' ? inContext(`initializing source ${formatArchivePlace(place)}`, error) : error
  })
  const subject = {transport: place.transport, identity: resolve(place.path)}
  checkPolicy(options.environment, subject, options.policyPath)
  const archived = await readPlace(files, place, options.platform ?? {})
  const names = namesFor(place, archived)
  const image = await storeImage(store, archived, {...options, names})
  store.emit('pull', image.id, names[0] ?? `sha256:${image.id}`)
  return image
}

async function readPlace(files: ArchiveFiles, place: ArchivePlace, platform: PlatformWanted): Promise<ArchivedImage> {
  const {transport, reference} = place
  if (transport === 'docker-archive') return readOneOfDockerArchive(files, reference)
  if (transport === 'dir') {
    const [image] = await readDockerDir(files, platform)
    return image
  }
  const context = transport === 'oci' ? `initializing source ${formatArchivePlace(place)}` : 'loading index'
  return readOneOfOciLayout(files, reference, platform, context)
}

/** A layout is no archive that was named by who made it: only what was asked for counts there. */
function namesFor({transport, reference}: ArchivePlace, {names}: ArchivedImage): readonly string[] {
  if (transport !== 'oci') return names
  if (reference === undefined || reference.startsWith('@')) return []
  return [formatReference(parseLocalReference(reference))]
}
