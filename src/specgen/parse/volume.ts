import {existsSync} from 'node:fs'
import {normalize, resolve} from 'node:path'
import type {MountRequest} from '../container-request.ts'
import {refuse} from '../refuse.ts'
import {checkDestination, checkVolumeWords, words} from './mount-words.ts'

/**
 * `-v [SOURCE:]DESTINATION[:OPTIONS]`. A source with a slash or a leading dot is a directory or file of the host (relative
 * to `workingDirectory`), any other the name of a volume; without one the volume is anonymous.
 *
 * @throws ERR_REFUSED in podman's words
 */
export function parseVolume(text: string, workingDirectory: string): MountRequest {
  const [source, destination, options] = split(text)
  const all = words(options)
  checkVolumeWords(all)
  const target = checkDestination(destination)
  const isPath = /^[./]/.test(source)
  if (source.startsWith('.') && !existsSync(resolve(workingDirectory, source))) {
    refuse(`lstat ${normalize(source)}: no such file or directory`)
  }
  const isOverlay = all.includes('O')
  return {
    type: isPath ? 'bind' : 'volume',
    source: isPath ? resolve(workingDirectory, source) : source,
    destination: target,
    options: all.filter((word) => !/^(O$|U$|upperdir=|workdir=)/.test(word)),
    ...(isOverlay && {overlay: overlayOf(all)}),
    chown: all.includes('U'),
    origin: 'volume',
  }
}

/** A backslash keeps a colon in the source. */
function split(text: string): [string, string, string] {
  const parts = text.split(/(?<!\\):/).map((part) => part.replaceAll('\\:', ':'))
  if (parts.length > 3) refuse(`${text}: incorrect volume format, should be [host-dir:]ctr-dir[:option]`)
  const [first = '', second, third = ''] = parts
  if (second === undefined) return ['', first, '']
  if (first === '') refuse('host directory cannot be empty')
  return [first, second, third]
}

function overlayOf(options: readonly string[]): {upperDir?: string; workDir?: string} {
  const wordOf = (key: string): string | undefined =>
    options.find((option) => option.startsWith(`${key}=`))?.slice(key.length + 1)
  const [upperDir, workDir] = [wordOf('upperdir'), wordOf('workdir')]
  if ((upperDir === undefined) !== (workDir === undefined)) {
    refuse('cannot specify only one of upperdir or workdir: both are required for an overlay volume')
  }
  return {...(upperDir && {upperDir}), ...(workDir && {workDir})}
}
