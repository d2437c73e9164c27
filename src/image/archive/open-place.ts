import {closeSync, openSync, statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import type {Environment} from '../../config/environment.ts'
import {EngineError, inContext, isErrno, systemReason} from '../../errors/index.ts'
import type {ArchivePlace} from '../named-archive.ts'
import type {ArchiveFiles} from './archive-files.ts'
import {DirectoryFiles} from './directory-files.ts'
import {openArchive} from './open-archive.ts'

/** The files of an archive or directory, its list of images among them. @throws ERR_REFUSED in podman's words */
export async function openPlace(place: ArchivePlace, {variables}: Environment): Promise<ArchiveFiles> {
  const {transport, path} = place
  const list = transport === 'dir' || transport === 'docker-archive' ? 'manifest.json' : 'index.json'
  if (transport === 'dir' || transport === 'oci') {
    checkFile(join(path, list))
    return new DirectoryFiles(path)
  }
  checkArchive(place)
  const files = await openArchive({path, temporaryDirectory: variables.TMPDIR || '/var/tmp'})
  if (files.has(list)) return files
  await files[Symbol.asyncDispose]()
  throw new EngineError(
    'ERR_REFUSED',
    transport === 'docker-archive'
      ? 'loading tar component manifest.json: file does not exist'
      : 'loading index: open index.json: no such file or directory',
  )
}

function checkFile(path: string): void {
  try {
    closeSync(openSync(path, 'r'))
  } catch (cause) {
    if (!isErrno(cause)) throw cause
    throw new EngineError('ERR_REFUSED', `open ${path}: ${systemReason(cause)}`, {cause})
  }
}

function checkArchive({transport, path}: ArchivePlace): void {
  const isOci = transport === 'oci-archive'
  try {
    checkFile(isOci ? resolve(path) : path)
  } catch (error) {
    throw inContext(isOci ? 'creating temp directory' : `opening file "${path}"`, error)
  }
  if (!statSync(path).isDirectory()) return
  const reading = isOci
    ? `creating temp directory: read ${resolve(path)}`
    : `detecting compression for file "${path}": detecting compression: read ${path}`
  throw new EngineError('ERR_REFUSED', `${reading}: is a directory`)
}
