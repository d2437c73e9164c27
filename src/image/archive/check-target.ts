import {existsSync, type Stats, statSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {EngineError} from '../../errors/index.ts'
import {type ArchivePlace, formatArchivePlace} from '../named-archive.ts'
import {holdsImage, NOT_AN_IMAGE} from './docker-dir-version.ts'

/** Whether an image can be written there: what would fail later in other words. @throws ERR_REFUSED in podman's */
export function checkTarget(place: ArchivePlace): void {
  const {transport, path} = place
  if (transport !== 'docker-archive') checkParent(path)
  const info = statSync(path, {throwIfNoEntry: false})
  if (!info) return
  const problem = problemOf(place, info)
  if (problem === undefined) return
  const whole =
    transport === 'oci-archive' ? problem : `initializing destination ${formatArchivePlace(place)}: ${problem}`
  throw new EngineError('ERR_REFUSED', whole)
}

function problemOf({transport, path}: ArchivePlace, info: Stats): string | undefined {
  const full = resolve(path)
  if (info.isDirectory()) {
    if (transport === 'oci-archive')
      return `committing the finished image: creating tar file "${full}": open ${full}: is a directory`
    if (transport === 'docker-archive') return `opening file "${path}": open ${path}: is a directory`
    return transport === 'dir' && !holdsImage(path) ? NOT_AN_IMAGE : undefined
  }
  if (transport === 'oci') return `open ${path}/index.json: not a directory`
  if (transport === 'dir') return `readdirent ${full}: not a directory`
  return transport === 'docker-archive' && info.isFile() && info.size > 0
    ? "docker-archive doesn't support modifying existing images"
    : undefined
}

/** Only the last directory is made. */
function checkParent(path: string): void {
  const parts = dirname(resolve(path)).split('/').slice(1)
  const missing = parts.findIndex((_, index) => !existsSync(`/${parts.slice(0, index + 1).join('/')}`))
  if (missing < 0) return
  const first = `/${parts.slice(0, missing + 1).join('/')}`
  throw new EngineError('ERR_REFUSED', `lstat ${first}: no such file or directory`)
}
