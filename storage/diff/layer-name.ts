import type {ByteString} from '../../src/host/index.ts'
import {joinPath} from './entry-path.ts'
import type {LayerDirectory} from './layer-directories.ts'

/** Where an entry goes: a name in an open directory. */
export interface LayerName {
  readonly directory: LayerDirectory
  readonly base: ByteString
  /** Below the layer, all links resolved. */
  readonly path: ByteString
}

export function nameIn(directory: LayerDirectory, base: ByteString): LayerName {
  return {directory, base, path: joinPath(directory.path, base)}
}
