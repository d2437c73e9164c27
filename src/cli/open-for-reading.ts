import {openSync} from 'node:fs'
import {EngineError, isErrno, systemReason} from '../errors/index.ts'

/** A descriptor of a file that the user names. @throws ERR_REFUSED in the system's words */
export function openForReading(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    if (!isErrno(cause)) throw cause
    throw new EngineError('ERR_REFUSED', `open ${path}: ${systemReason(cause)}`, {cause})
  }
}
