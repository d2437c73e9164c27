import type {IDMap} from '../../libpod/define/spec-vocabulary.ts'
import {refuse} from '../refuse.ts'

/** `CONTAINER:HOST[:SIZE]` triples. @throws ERR_REFUSED in podman's words */
export function parseIDMaps(texts: readonly string[], what: 'UID' | 'GID'): IDMap[] {
  return texts.map((text) => {
    const match = /^(\d+):(\d+)(?::(\d+))?$/.exec(text)
    if (!match)
      refuse(
        `initializing ID mappings: ${what} setting is malformed expected ["uint32:uint32:uint32"]: [${JSON.stringify(text)}]`,
      )
    const [, container = '', host = '', size = '1'] = match
    return {containerID: Number(container), hostID: Number(host), size: Number(size)}
  })
}
