import {readFileSync} from 'node:fs'
import {EngineError, isErrno, systemReason} from '../errors/index.ts'

/** The container id in a file that `--cidfile` made: its first line. @throws ERR_REFUSED */
export function readCidFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n', 1)[0] ?? ''
  } catch (cause) {
    throw new EngineError('ERR_REFUSED', `reading CIDFile: open ${path}: ${systemReason(cause)}`, {cause})
  }
}

/** True when the file is not there. */
export function isMissingFile(error: unknown): boolean {
  return error instanceof EngineError && isErrno(error.cause, 'ENOENT')
}
