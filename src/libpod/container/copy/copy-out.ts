import {pipeline} from 'node:stream/promises'
import {packTree} from '../../../../storage/index.ts'
import {hostAccountNames} from '../../../host/index.ts'
import type {CopyOutOptions} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {idMapsOf} from '../user-namespace.ts'
import {withFileTree} from './file-tree.ts'

/** @throws ERR_REFUSED when there is no such path */
export function copyOut(
  engine: Engine,
  id: string,
  path: string,
  {archive, renameRoot}: CopyOutOptions,
): Promise<void> {
  const idMaps = idMapsOf(engine.state.config(id))
  return withFileTree(engine, id, path, (tree) =>
    pipeline(packTree({...tree, as: renameRoot, idMaps, ownerNames: hostAccountNames()}), archive),
  )
}
