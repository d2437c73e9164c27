import {pipeline} from 'node:stream/promises'
import {packTree} from '../../../../storage/index.ts'
import type {CopyOutOptions} from '../../define/verb-options.ts'
import type {Engine} from '../../engine.ts'
import {withFileTree} from './file-tree.ts'

/** @throws ERR_REFUSED when there is no such path */
export function copyOut(
  engine: Engine,
  id: string,
  path: string,
  {archive, renameRoot}: CopyOutOptions,
): Promise<void> {
  return withFileTree(engine, id, path, (tree) =>
    pipeline(packTree({...tree, as: renameRoot}), archive, {end: archive !== process.stdout}),
  )
}
