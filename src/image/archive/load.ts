import {resolve} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {EngineError, hasCode} from '../../errors/index.ts'
import type {CopyReport} from '../copy-report.ts'
import type {Image} from '../image.ts'
import type {ImageStore} from '../image-store.ts'
import type {PlatformWanted} from '../platform.ts'
import {storeImage} from '../store-image.ts'
import {checkPolicy, type PolicySubject} from '../trust/policy.ts'
import type {ArchiveFiles} from './archive-files.ts'
import type {ArchivedImage} from './archived-image.ts'
import {DirectoryFiles} from './directory-files.ts'
import {readDockerArchive} from './docker-archive-images.ts'
import {readDockerDir} from './docker-dir-images.ts'
import {readOciLayout} from './oci-layout-images.ts'
import {openArchive} from './open-archive.ts'

/** What `loadImages` reads, and how. */
export interface LoadOptions {
  /** A file, a directory or an open descriptor; 0 is stdin. */
  readonly path: string | number
  /** Where what has to be unpacked lies meanwhile. */
  readonly temporaryDirectory: string
  /** Of an archive for several platforms, the image for this one; default the host's. */
  readonly platform?: PlatformWanted
  /** Where policy.json is looked for; without it no policy is asked. */
  readonly environment?: Environment
  /** Another policy.json than the usual. */
  readonly policyPath?: string
  /** Told of progress. */
  readonly report?: CopyReport
  /** Ends the reading; what was taken in until then is removed again. */
  readonly signal?: AbortSignal
}

/** One image that `loadImages` took in. */
export interface LoadedImage {
  readonly image: Image
  /** The names it was loaded under; `sha256:ID` for an image without. */
  readonly names: readonly string[]
}

/**
 * Takes in every image of an archive (docker-archive, oci-archive, each also compressed) or directory (OCI layout,
 * docker's `dir`); which one it is shows in its files.
 */
export async function loadImages(store: ImageStore, options: LoadOptions): Promise<readonly LoadedImage[]> {
  await using files = await openPayload(options)
  if (options.environment) checkPolicy(options.environment, subjectOf(files, options.path), options.policyPath)
  const loaded: LoadedImage[] = []
  for (const archived of await readImages(files, options)) {
    const image = await storeImage(store, archived, {...options, names: archived.names})
    const origin = typeof options.path === 'string' ? options.path : (archived.names[0] ?? `sha256:${image.id}`)
    store.emit('loadfromarchive', image.id, origin)
    loaded.push({image, names: archived.names.length > 0 ? archived.names : [`sha256:${image.id}`]})
  }
  return loaded
}

function subjectOf(files: ArchiveFiles, path: string | number): PolicySubject {
  const isDirectory = files instanceof DirectoryFiles
  const isOci = !files.has('manifest.json')
  const transport = isDirectory ? (isOci ? 'oci' : 'dir') : isOci ? 'oci-archive' : 'docker-archive'
  return {transport, identity: typeof path === 'string' ? resolve(path) : ''}
}

async function openPayload(options: LoadOptions): Promise<ArchiveFiles> {
  try {
    return await openArchive(options)
  } catch (error) {
    if (!hasCode(error, 'ERR_ARCHIVE_INVALID')) throw error
    throw unknownPayload(error.message, error)
  }
}

async function readImages(files: ArchiveFiles, options: LoadOptions): Promise<readonly ArchivedImage[]> {
  if (files.has('manifest.json')) {
    const isList = (await files.read('manifest.json')).toString('utf8').trimStart().startsWith('[')
    return isList ? readDockerArchive(files) : readDockerDir(files, options.platform ?? {})
  }
  if (files.has('index.json')) return readOciLayout(files, options.platform ?? {})
  throw unknownPayload('neither manifest.json nor index.json found')
}

function unknownPayload(reason: string, cause?: unknown): EngineError {
  return new EngineError('ERR_REFUSED', `payload does not match any of the supported image formats: ${reason}`, {cause})
}
