import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {EngineError} from '../../../errors/index.ts'

/**
 * The host's data of a time zone; `local` is the host's own.
 * @throws ERR_REFUSED for one that the host does not know
 */
export function timezoneFile(timezone: string): Uint8Array {
  const path = timezone === 'local' ? '/etc/localtime' : join('/usr/share/zoneinfo', join('/', timezone))
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `finding timezone for container: ${timezone}: no such time zone on the host`, {
      cause,
    })
  }
}
