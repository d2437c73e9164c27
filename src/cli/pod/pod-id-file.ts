import {readFileSync} from 'node:fs'
import {EngineError, isErrno, systemReason} from '../../errors/index.ts'

/** The id that `pod create --pod-id-file` wrote. @throws ERR_REFUSED */
export function readPodIDFile(path: string): string {
  try {
    return (readFileSync(path, 'utf8').split('\n', 1)[0] ?? '').trim()
  } catch (cause) {
    if (!isErrno(cause)) throw cause
    throw new EngineError('ERR_REFUSED', `reading pod ID file: open ${path}: ${systemReason(cause)}`, {cause})
  }
}
