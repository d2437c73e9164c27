import {EngineError, isErrno} from '../../src/errors/index.ts'
import type {TarEntry} from '../tar/tar-entry.ts'
import {quote} from './entry-path.ts'

/** Our disk's troubles are ERR_IO, all else is the archive's fault. */
export function placeError(entry: TarEntry, cause: unknown): unknown {
  if (cause instanceof EngineError) return cause
  const isOurs = isErrno(cause, 'ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE', 'ENOMEM', 'EACCES')
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new EngineError(isOurs ? 'ERR_IO' : 'ERR_LAYER_ENTRY', `${quote(entry.name)}: ${reason}`, {cause})
}
