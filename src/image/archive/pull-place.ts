import {existsSync, statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {EngineError, inContext} from '../../errors/index.ts'
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
import {DirectoryFiles} from './directory-files.ts'
import {readOneOfDockerArchive} from './docker-archive-images.ts'
import {readDockerDir} from './docker-dir-images.ts'
import {readOneOfOciLayout} from './oci-layout-images.ts'
import {openArchive} from './open-archive.ts'

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
  await using files = await openPlace(place, options.environment)
  const subject = {transport: place.transport, identity: resolve(place.path)}
  checkPolicy(options.environment, subject, options.policyPath)
  const archived = await readPlace(files, place, options.platform ?? {})
  const names = namesFor(place, archived)
  const image = await storeImage(store, archived, {...options, names})
  store.emit('pull', image.id, names[0] ?? `sha256:${image.id}`)
  return image
}

async function openPlace(place: ArchivePlace, {variables}: Environment): Promise<ArchiveFiles> {
  const {transport, path} = place
  if (transport === 'dir' || transport === 'oci') {
    const document = join(path, transport === 'dir' ? 'manifest.json' : 'index.json')
    if (existsSync(document)) return new DirectoryFiles(path)
    const missing = new EngineError('ERR_REFUSED', `open ${document}: no such file or directory`)
    throw transport === 'dir' ? missing : inContext(`initializing source ${formatArchivePlace(place)}`, missing)
  }
  const problem = archiveProblem(path)
  if (problem !== undefined) throw new EngineError('ERR_REFUSED', `opening file "${path}": ${problem}`)
  return openArchive({path, temporaryDirectory: variables.TMPDIR || '/var/tmp'})
}

function archiveProblem(path: string): string | undefined {
  if (!existsSync(path)) return `open ${path}: no such file or directory`
  return statSync(path).isDirectory() ? `read ${path}: is a directory` : undefined
}

async function readPlace(files: ArchiveFiles, place: ArchivePlace, platform: PlatformWanted): Promise<ArchivedImage> {
  const {transport, reference} = place
  if (transport === 'docker-archive') {
    if (!files.has('manifest.json'))
      throw new EngineError('ERR_REFUSED', 'loading tar component manifest.json: file does not exist')
    return readOneOfDockerArchive(files, reference)
  }
  if (transport === 'dir') {
    const [image] = await readDockerDir(files)
    return image
  }
  if (!files.has('index.json'))
    throw new EngineError('ERR_REFUSED', 'loading index: open index.json: no such file or directory')
  const context = transport === 'oci' ? `initializing source ${formatArchivePlace(place)}` : 'loading index'
  return readOneOfOciLayout(files, reference, platform, context)
}

/** A layout is no archive that was named by who made it: only what was asked for counts there. */
function namesFor({transport, reference}: ArchivePlace, {names}: ArchivedImage): readonly string[] {
  if (transport !== 'oci') return names
  if (reference === undefined || reference.startsWith('@')) return []
  return [formatReference(parseLocalReference(reference))]
}
