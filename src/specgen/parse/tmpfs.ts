import type {MountRequest} from '../container-request.ts'
import {checkDestination, words} from './mount-words.ts'

/** `--tmpfs DESTINATION[:OPTIONS]`; the words are checked with those of every other tmpfs. @throws ERR_REFUSED */
export function parseTmpfs(text: string): MountRequest {
  const colon = text.indexOf(':')
  const [destination, options] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  return {type: 'tmpfs', destination: checkDestination(destination), options: words(options), chown: false}
}
